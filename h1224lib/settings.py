"""Settings of a working folder: options of the commands that need not be typed there."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from h1224lib.errors import SettingsError

FILE = "h1224.toml"
# Settings of this prefix are the limits of ledgers beside the file, and no command's options.
LIMIT = "limit_"


def load_settings(folder: Path) -> dict[str, Any]:
    """Load whatever stands in the settings of a folder; nothing where it has no such file.

    Parameters
    ----------
    folder : Path
        Where ``h1224.toml`` would stand.

    Raises
    ------
    SettingsError
        The file is no TOML in UTF-8.

    Examples
    --------
    >>> load_settings(Path("no such folder"))
    {}
    """
    path = folder / FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError("settings_unreadable", file=path, reason=str(error)) from error


def read_settings(folder: Path, known: Collection[str]) -> dict[str, Any]:
    """Read the settings of a folder; none where it has no such file.

    Parameters
    ----------
    folder : Path
        Where ``h1224.toml`` would stand.
    known : collection of str
        Names that a setting may have: those of the commands' options.

    Returns
    -------
    dict
        Name -> value, without the limits of ledgers.

    Raises
    ------
    SettingsError
        The file is no TOML in UTF-8, a name is not known, or a value is a table or a list.

    Examples
    --------
    >>> read_settings(Path("no such folder"), {"plan"})
    {}
    """
    path = folder / FILE
    loaded = load_settings(folder)
    settings = {name: value for name, value in loaded.items() if not name.startswith(LIMIT)}
    for name, value in settings.items():
        if name not in known:
            raise SettingsError("unknown_setting", file=path, found=name, known=sorted(known))
        if isinstance(value, (dict, list)):
            raise SettingsError("setting_no_value", file=path, found=name)
    return settings

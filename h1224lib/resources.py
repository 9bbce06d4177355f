"""Where plans, actuals, notebooks and fonts are, in a checkout and in a wheel alike."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
# What the demonstration runs, made by tools/make_demo.py.
DEMO = {
    "ledger": "synthetic-ledger.xlsx",
    "actuals": "synthetic-actuals.csv",
    "landmarks": "synthetic-landmark-status.csv",
    "previous": "synthetic-ledger-2024Q1.xlsx",
}


def _shipped(name: str) -> Path:
    """Find a folder that the build maps into the wheel, or its original in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def data_folder() -> Path:
    """Return the folder of plans, actuals and demonstration data.

    Examples
    --------
    >>> (data_folder() / "plans" / "huzhou-1224").is_dir()
    True
    """
    return _shipped("data")


def demo_file(name: str) -> Path:
    """Return a file of the demonstration: ledger, actuals, landmarks or previous.

    Examples
    --------
    >>> demo_file("previous").name
    'synthetic-ledger-2024Q1.xlsx'
    """
    return data_folder() / "demo" / DEMO[name]


def notebooks_folder() -> Path:
    """Return the folder of the notebooks.

    Examples
    --------
    >>> (notebooks_folder() / "00_start.ipynb").is_file()
    True
    """
    return _shipped("notebooks")


def fonts_folder() -> Path:
    """Return the folder of the shipped fonts and their licence.

    Examples
    --------
    >>> (fonts_folder() / "OFL.txt").is_file()
    True
    """
    return PACKAGE / "fonts"


def plan_names() -> list[str]:
    """List the shipped plans by name.

    Examples
    --------
    >>> plan_names()
    ['dazhou-2019', 'huzhou-1224']
    """
    return sorted(p.parent.name for p in (data_folder() / "plans").glob("*/datapackage.json"))

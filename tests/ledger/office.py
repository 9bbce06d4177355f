"""LibreOffice, as another program that opens what is written here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

# `.ci/run` installs it, and lets no test be skipped.
needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="needs LibreOffice: apt install libreoffice-calc"
)


def convert(path: Path, kind: str, folder: Path) -> Path:
    """Let LibreOffice open a file and save it as another kind, such as ``xls``, without complaint.

    A filter with its options may follow the kind, after a colon.
    """
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(folder)]
    done = subprocess.run(
        [*command, str(path)], check=True, capture_output=True, encoding="utf-8", timeout=240
    )
    made = folder / f"{path.stem}.{kind.partition(':')[0]}"
    assert f"-> {made}" in done.stdout
    assert "error" not in (done.stdout + done.stderr).lower()
    return made

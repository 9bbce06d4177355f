"""Make the demonstration data anew: python tools/make_demo.py [FOLDER], data/demo by default."""

from __future__ import annotations

import sys
from pathlib import Path

from demo_xls import write_xls

from h1224lib.ledger.demonstration import write_demo
from h1224lib.resources import data_folder

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else data_folder() / "demo"
    for path in write_demo(folder, write_xls):
        print(path)

"""Run the command line as ``python -m h1224lib``."""

from h1224lib.cli import main

if __name__ == "__main__":
    main()

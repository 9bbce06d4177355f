"""What a user sees of a run: a bar on a terminal, lines in a log, nothing where asked."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from h1224lib import wording

RUN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from made_jobs import make_job
from h1224lib.batch.pool import run_jobs
from h1224lib.batch.progress import show_progress

folder = Path(sys.argv[2])
jobs = [
    make_job(folder / "made", "import time", "time.sleep(0.5)", lang=sys.argv[3]),
    make_job(folder / "made", "raise ValueError('no')", lang=sys.argv[3]),
]
with show_progress(len(jobs), sys.argv[3], sys.argv[4] == "quiet") as shown:
    run_jobs(jobs, folder / "out", 1, shown.tell, watch=shown.watch)
"""
HERE = str(Path(__file__).parent)


def run_on_terminal(folder: Path, lang: str, columns: int) -> str:
    """Run two jobs on a terminal of its own, and return what it showed."""
    master, slave = pty.openpty()
    env = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", "PYTHONUTF8": "1"}
    words = [sys.executable, "-c", RUN, HERE, str(folder), lang, "loud"]
    process = subprocess.Popen(words, stdout=slave, stderr=slave, stdin=slave, env=env)
    os.close(slave)
    shown = b""
    try:
        while part := os.read(master, 65536):
            shown += part
    except OSError:
        # The other side is closed.
        pass
    assert process.wait(60) == 0
    os.close(master)
    return shown.decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are Unix's")
@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_a_terminal_shows_a_bar_with_the_subject_its_cell_and_the_time_left(
    lang: str, tmp_path: Path
) -> None:
    shown = run_on_terminal(tmp_path, lang, 100)
    assert re.search(r"1/2", shown)
    assert re.search(r"2/2", shown)
    title = {"zh": "测试", "en": "Test"}[lang]
    cell = {"zh": r"第 \d 格", "en": r"cell \d"}[lang]
    assert re.search(title + " " + cell, shown)
    assert re.search(r"\d:\d\d|-:--", re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown))
    assert "ValueError: no" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are Unix's")
def test_a_narrow_terminal_keeps_the_bar_in_one_line(tmp_path: Path) -> None:
    shown = run_on_terminal(tmp_path, "en", 40)
    bare = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    lines = [line for line in re.split(r"[\r\n]+", bare) if "/2" in line]
    assert lines
    assert max(map(len, lines)) <= 40


@pytest.mark.parametrize(("how", "lines"), [("loud", 2), ("quiet", 0)])
def test_a_log_has_a_line_a_job_and_no_colours(how: str, lines: int, tmp_path: Path) -> None:
    words = [sys.executable, "-c", RUN, HERE, str(tmp_path), "en", how]
    done = subprocess.run(words, capture_output=True, timeout=60, check=True)
    told = done.stderr.decode("utf-8").splitlines()
    assert len(told) == lines
    assert "\x1b" not in "".join(told)
    assert [str(number) in line for number, line in enumerate(told, 1)] == [True] * lines

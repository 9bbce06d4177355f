"""JupyterLab, as `h1224 lab` starts it, in a real browser without network: it shows every chart."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from pages import draw_six, make_notebook

RUN = "void window.jupyterapp.commands.execute('notebook:run-all-cells')"
READY = (
    "window.jupyterapp.shell.currentWidget?.context?.sessionContext"
    ".session?.kernel?.status === 'idle'"
)
# Images in outputs that are seen, and hold something.
SEEN = (
    "[...document.querySelectorAll('.jp-OutputArea-output img')]"
    ".filter(i => i.offsetWidth > 300 && i.complete && i.naturalWidth > 300).length"
)
CELLS = [
    "import sys; sys.path[:0] = [{tests!r}]\nfrom pages import draw_six\nsix = draw_six('zh')",
    *[f"six[{number}]" for number in range(6)],
    "import altair as alt\nalt.Chart(alt.Data(values=[{{'x': '湖州'}}]), width=320, "
    "title='</script><img src=x onerror=window.ran=1>').mark_text().encode(text='x:N')",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start the server; return what precedes a notebook's name in its address."""
    folder = tmp_path_factory.mktemp("lab")
    own = tmp_path_factory.mktemp("own")
    environment = {
        **os.environ,
        # Nothing of the user's: settings, kernels, trusted notebooks.
        "HOME": str(own),
        "USERPROFILE": str(own),
        **{f"JUPYTER_{name}_DIR": str(own / name) for name in ("CONFIG", "DATA", "RUNTIME")},
        "IPYTHONDIR": str(own / "ipython"),
    }
    tests = os.path.dirname(__file__)  # noqa: PTH120
    fresh = new_notebook(cells=[new_code_cell(cell.format(tests=tests)) for cell in CELLS])
    fresh.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    nbformat.write(fresh, folder / "fresh.ipynb")
    nbformat.write(make_notebook(draw_six("en")), folder / "executed.ipynb")
    options = ["--port=0", "--allow-root", "--LabApp.expose_app_in_browser=True"]
    command = [sys.executable, "-m", "h1224lib", "lab", "--folder", str(folder), "--no-browser"]
    with (own / "log").open("w+", encoding="utf-8") as log:
        server = subprocess.Popen(
            [*command, "--", *options], env=environment, stdout=log, stderr=log
        )
        try:
            yield wait_for_address(server, own / "RUNTIME", own / "log")
        finally:
            server.terminate()
            server.wait(30)


def wait_for_address(server, runtime, log):
    end = time.monotonic() + 90
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        for path in runtime.glob("jpserver-*.json"):
            told = json.loads(path.read_text(encoding="utf-8"))
            port = re.search(r"127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8"))
            if port:
                return f"http://127.0.0.1:{port[1]}/lab/tree/{{}}?reset&token={told['token']}"
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


def open_notebook(browser, lab, name):
    browser.open(lab.format(name), height=6000)
    browser.wait_until("document.querySelectorAll('.jp-Notebook .jp-CodeCell').length > 0", 90)


def check_quiet(browser, lab):
    server = lab.partition("/lab")[0]
    assert browser.asked
    assert [url for url in browser.asked if not url.startswith(server)] == []
    assert browser.complaints == []


def test_charts_of_an_executed_notebook_that_nobody_trusts_yet_are_shown(browser, lab):
    open_notebook(browser, lab, "executed.ipynb")
    browser.wait_until(f"{SEEN} === 6", 60)
    alternatives = browser.run(
        "[...document.querySelectorAll('.jp-OutputArea-output img')].map(i => i.alt)"
    )
    assert all(len(text) > 20 for text in alternatives)
    check_quiet(browser, lab)


def test_charts_of_cells_that_are_run_there_are_shown_and_names_are_not_run(browser, lab):
    open_notebook(browser, lab, "fresh.ipynb")
    browser.wait_until(READY, 90)
    browser.run(RUN)
    browser.wait_until(f"{SEEN} === 7", 90)
    assert browser.run("window.ran") is None
    check_quiet(browser, lab)

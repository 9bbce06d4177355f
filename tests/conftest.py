"""Where H1224_NO_SKIP=1, as in CI, a skipped test has failed."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_configure(config: pytest.Config) -> None:
    # A plugin, not hooks of this file: those would miss the examples in h1224lib and the notebooks.
    if os.environ.get("H1224_NO_SKIP") == "1":
        config.pluginmanager.register(NoSkip())


class NoSkip:
    """Turn each skip, of one test or of a whole file, into a failure that gives its reason."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        return _refuse_skip((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        return _refuse_skip((yield))


def _refuse_skip(report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"H1224_NO_SKIP=1: {reason}"
    return report

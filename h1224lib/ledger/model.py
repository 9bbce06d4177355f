"""A ledger as it was read: projects, problems, settings, and what became of each row."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from h1224lib.findings import SEVERITIES, Finding, Problem
from h1224lib.ledger.marks import Mark, Origins, word_marks
from h1224lib.ledger.settings import Settings
from h1224lib.plan.model import Plan


@dataclass(frozen=True, eq=False)
class Ledger:
    """A ledger as `read_ledger` returns it; nothing in it is changed in place.

    Attributes
    ----------
    plan : Plan
        Whose names it uses.
    file : str
        Name of its file.
    projects : DataFrame
        One row a project: project_id, name (text); area, industry, project_type (category,
        the plan's codes); direction; investment (亿元); a day for each stage of any ladder,
        for `above_scale_date` and for `withdrawn`; `day_unknown` (the stages of which the cell
        gives a month or a quarter only: the last day of it stands); platform, headquarters,
        landmark, new_land, investor_kind, source_region, recognition, withdrawn_reason;
        further columns under their own headers; sheet, row (counted from 1) of origin.
    credits : DataFrame
        project_id, area, credit_share, sheet, row of the projects whose credit areas share:
        one row an area. A project that is not in it is its area's alone.
    rejected : DataFrame
        sheet, row, project_id, name of the rows with errors, which are in no count.
    settings : Settings
        How it is to be counted.
    counts : dict
        Rows read, and what each became: projects, shared, rejected, title, header, blank,
        total, section, remark; they add up.
    """

    plan: Plan
    file: str
    projects: pd.DataFrame
    credits: pd.DataFrame
    rejected: pd.DataFrame
    settings: Settings
    counts: dict[str, int]
    origins: Origins = field(repr=False)
    marks: Sequence[Mark] = field(repr=False)
    sheet_problems: Sequence[Problem] = field(repr=False)

    @functools.cached_property
    def problems(self) -> list[Problem]:
        """Every problem, those of whole sheets first, then sheet by sheet in the order of rows."""
        order = {name: number for number, name in enumerate(self.origins.sheets)}

        def place(found: Problem) -> tuple[int, int]:
            return order.get(found.file.rpartition("]")[2], -1), found.row or 0

        cells = sorted(word_marks(self.marks, self.origins), key=place)
        return [*self.sheet_problems, *cells]

    @functools.cached_property
    def tally(self) -> pd.DataFrame:
        """How many problems there are of each kind: kind, severity, count; gravest first."""
        counted: Counter[tuple[str, str]] = Counter()
        for problem in self.sheet_problems:
            counted[problem.kind, problem.severity] += 1
        for mark in self.marks:
            counted[mark.kind, mark.severity] += len(mark.at)
        rows = [(kind, severity, count) for (kind, severity), count in counted.items()]
        rows.sort(key=lambda row: (SEVERITIES.index(row[1]), -row[2], row[0]))
        return pd.DataFrame(rows, columns=["kind", "severity", "count"])

    @property
    def passed(self) -> bool:
        """Whether there is no error."""
        return not (self.tally["severity"] == "error").any()

    @property
    def findings(self) -> list[Finding]:
        """What became of the rows, how many problems there are, and how projects are counted."""
        by = self.tally.groupby("severity")["count"].sum()
        numbers = {severity: int(by.get(severity, 0)) for severity in SEVERITIES}
        worst = next((severity for severity in SEVERITIES if numbers[severity]), "note")
        return [
            Finding("ledger_rows", "error" if self.counts["rejected"] else "note", self.counts),
            Finding("ledger_problems", worst, numbers),
            self.settings.finding,
        ]

    @property
    def credited(self) -> pd.DataFrame:
        """The projects as areas are credited with them: one row a project and area.

        Columns of `projects`, and credit_share (1 where the credit is not shared): sums over
        areas count a shared project once.
        """
        alone = self.projects.assign(credit_share=1.0)
        if self.credits.empty:
            return alone
        shared = alone["project_id"].isin(self.credits["project_id"])
        parts = self.credits[["project_id", "area", "credit_share"]].merge(
            self.projects.drop(columns="area"), on="project_id"
        )
        parts["area"] = parts["area"].astype(self.projects["area"].dtype)
        return pd.concat([alone[~shared], parts[alone.columns]], ignore_index=True)

"""What a notebook shows and keeps: findings, tables and figures, on the screen and in a run."""

from __future__ import annotations

import fnmatch
import functools
import html
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from h1224lib import wording
from h1224lib.csv_text import write_csv
from h1224lib.errors import UnknownNameError
from h1224lib.files import write_whole
from h1224lib.findings import Finding
from h1224lib.plan import Plan, load_plan
from h1224lib.plan.model import KEYS
from h1224lib.provenance import COUNTING_RULE
from h1224lib.resources import PACKAGE
from h1224lib.synthetic import DATA_KIND
from h1224lib.tables import lay_out, to_html, to_text, word_table

if TYPE_CHECKING:
    import altair

# Pages and manifest are made from these entries of the executed notebooks, and nothing else.
MIMETYPE = "application/vnd.h1224.v1+json"
FORMATS = ("svg", "png", "pdf", "vl.json")
# As many rows as a page shows of a table.
MOST_ROWS = 20
# As many findings as a reader takes in at once; the rest is in a table.
MOST_FINDINGS = 20


class Answer(Protocol):
    """What answers one question: a table, and what it says."""

    @property
    def table(self) -> pd.DataFrame:
        """Without rows where the question does not apply."""

    @property
    def findings(self) -> Iterable[Finding]:
        """What it says, or why there is nothing to show."""


def open_run(
    plan: Plan | str,
    period: str | None = None,
    lang: str = "zh",
    out: str | Path | None = None,
    notebook: str = "",
    subject: str = "",
) -> Run:
    """Open what a notebook shows and keeps.

    Parameters
    ----------
    plan : Plan or str
        The plan that it speaks of; gives the names of codes.
    period : str, optional
        The period that it speaks for.
    lang : str
        Language of what is shown: ``zh`` or ``en``.
    out : str or Path, optional
        Folder of the run; without it, nothing is kept.
    notebook, subject : str
        Name the files: the notebook, and the code that it is run for.

    Returns
    -------
    Run
        Has `say`, `table`, `figure` and `show`.

    Raises
    ------
    UnknownNameError
        There is no such plan or language.

    Examples
    --------
    >>> run = open_run("dazhou-2019", lang="en")
    >>> run.say(Finding("no_area_behind", numbers={"of": 9, "schedule": "printed"}))
    None of the 9 areas is behind the printed plan for the period.
    """
    if lang not in wording.LANGUAGES:
        raise UnknownNameError("unknown_language", found=lang, known=list(wording.LANGUAGES))
    folder = None if out is None else Path(out)
    loaded = plan if isinstance(plan, Plan) else load_plan(plan)
    return Run(loaded, period, lang, folder, notebook or "notebook", subject)


@dataclass(frozen=True)
class Run:
    """What a notebook shows and keeps; `open_run` makes one."""

    plan: Plan
    period: str | None
    lang: str
    folder: Path | None
    notebook: str
    subject: str
    # What was said already: several answers rest on the same results, and say so.
    said: set[str] = field(default_factory=set, repr=False, compare=False)

    def show(self, name: str, answer: Answer, figure: altair.TopLevelMixin | None = None) -> None:
        """Show what an answer says, and its figure and table where it has rows.

        Parameters
        ----------
        name : str
            Names the files, such as ``gap-by-area``.
        answer : View, Parts, Composition or the like
            Has `table` and `findings`.
        figure : altair chart, optional
            What it looks like.
        """
        self.say(answer.findings)
        if answer.table.empty:
            return
        if figure is not None:
            self.figure(name, figure)
        self.table(name, answer.table)

    def show_all(self, answers: Mapping[str, Answer]) -> None:
        """Show answers one after the other, each under its own name."""
        for name, answer in answers.items():
            self.show(name, answer)

    def say(self, findings: Finding | Iterable[Finding]) -> None:
        """Show findings in words; nothing where there are none.

        Of several, those that were said before are left out.
        """
        every = [findings] if isinstance(findings, Finding) else list(findings)
        told = [f for f in every if f.say(self.lang) not in self.said] or every[:1]
        self.said.update(f.say(self.lang) for f in told)
        if not told:
            return
        shown = told[:MOST_FINDINGS]
        texts = [
            wording.say(f"marked.{f.severity}", self.lang, text=f.say(self.lang)) for f in shown
        ]
        if len(told) > len(shown):
            texts.append(wording.say("findings_more", self.lang, more=len(told) - len(shown)))
        marked = [_escape(text) for text in texts]
        self._show(
            {
                "text/plain": "\n".join(texts),
                "text/markdown": "\n".join(f"- {text}" for text in marked)
                if len(marked) > 1
                else "".join(marked),
            },
            {"type": "findings", "name": "", "findings": [f.as_record() for f in told]},
        )

    def table(self, name: str, frame: pd.DataFrame, rows: int | None = MOST_ROWS) -> None:
        """Show the columns of a table that a page has room for, and keep all of it as CSV.

        Parameters
        ----------
        name : str
            Names the file, such as ``by-area``; a number at its end tells tables of one kind
            apart.
        frame : DataFrame
            A table of the library's columns.
        rows : int, optional
            A longer table is cut here; None shows all of it.
        """
        columns = choose_columns(name, list(map(str, frame.columns)), self.lang)
        kept = [n for n in columns if n in KEYS or not _is_blank(frame[n])] or columns
        layout = lay_out(frame[kept], self.plan, self.lang, rows, saved=self.folder is not None)
        key = f"table_name.{_find_kind(_check(name))}"
        caption = wording.say(key, self.lang) if wording.has(key) else name
        files = {}
        if self.folder:
            parts = [self.notebook, self.subject, name]
            path = self.folder / "tables" / f"{'-'.join(filter(None, parts))}.{self.lang}.csv"
            files["csv"] = self._write_csv(path, frame)
        self._show(
            {"text/plain": to_text(layout), "text/html": to_html(layout, self.lang, caption)},
            {"type": "table", "name": name, "title": caption, "rows": len(frame), "files": files},
        )

    def figure(self, name: str, chart: altair.TopLevelMixin) -> None:
        """Show a chart, and keep it as SVG, PNG, PDF and specification, with its data as CSV.

        Parameters
        ----------
        name : str
            Names the files, such as ``gap-by-area``.
        chart : altair chart
            As a function of `h1224lib.charts` returns it.
        """
        from h1224lib.charts.export import save_spec
        from h1224lib.charts.renderer import show
        from h1224lib.charts.texts import name_figure

        spec = chart.to_dict()
        title, alt = name_figure(spec)
        files = {}
        if self.folder:
            folder = self.folder / "figures" / self.notebook / (self.subject or "all")
            stem = f"{_check(name)}.{self.lang}"
            folder.mkdir(parents=True, exist_ok=True)
            save_spec(spec, folder / stem, FORMATS)
            files = {form: self._relative(folder / f"{stem}.{form}") for form in FORMATS}
            files["csv"] = self._write_csv(folder / f"{stem}.csv", _data_of(spec))
        entry = {"type": "figure", "name": name, "title": title, "alt": alt, "files": files}
        self._show(show(spec), entry)

    def _write_csv(self, path: Path, frame: pd.DataFrame) -> str:
        """Write a worded table for spreadsheets, which know UTF-8 by its byte order mark."""
        text = write_csv(word_table(frame, self.plan, self.lang), guard=True)
        return self._relative(write_whole(path, "\ufeff" + text))

    def _relative(self, path: Path) -> str:
        assert self.folder is not None
        return path.relative_to(self.folder).as_posix()

    def _show(self, bundle: dict[str, Any], entry: dict[str, Any]) -> None:
        from IPython.display import display

        where = {"notebook": self.notebook, "subject": self.subject, "lang": self.lang}
        display(_Shown({**bundle, MIMETYPE: {**entry, **where}}))


def choose_columns(name: str, columns: list[str], lang: str) -> list[str]:
    """Choose the columns of a table that a page shows: ``shown.toml`` lists them.

    Parameters
    ----------
    name : str
        The table's; of one that the file does not list, all are shown but the counting rule,
        which findings say once for a whole page.
    columns : list of str
        Those that there are.
    lang : str
        Of columns that hold names in one language.

    Examples
    --------
    >>> choose_columns("changes", ["area", "unit", "new", "spi_t"], "zh")
    ['unit', 'area', 'new']
    """
    wanted = _list_shown().get(_find_kind(name))
    if wanted is None:
        return [name for name in columns if name != COUNTING_RULE]
    # What is the same in every row is said once, above the table.
    common = ["measure", "horizon", "unit"]
    patterns = [*common, *(pattern.format(lang=lang) for pattern in wanted), DATA_KIND]
    found = [c for pattern in patterns for c in fnmatch.filter(columns, pattern)]
    return list(dict.fromkeys(found))


def _is_blank(column: pd.Series) -> bool:
    """Tell whether a column says nothing in any row."""
    return bool((column.isna() | column.astype(str).eq("")).all())


@functools.cache
def _list_shown() -> dict[str, list[str]]:
    with (PACKAGE / "shown.toml").open("rb") as file:
        shown: dict[str, list[str]] = tomllib.load(file)
    return shown


class _Shown:
    """A bundle that Jupyter shows by its richest entry, and plain Python by its text."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self.bundle = bundle

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self.bundle

    def __repr__(self) -> str:
        return str(self.bundle.get("text/plain", ""))


def _check(name: str) -> str:
    """Refuse a name that could not name a file everywhere."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise UnknownNameError("unusable_name", found=name)
    return name


def _find_kind(name: str) -> str:
    """Return the name without the number that tells tables of one kind apart."""
    return re.sub(r"-\d+$", "", name)


def _escape(text: str) -> str:
    """Keep the names of a plan from being read as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]|~$])", r"\\\1", html.escape(text, quote=False))


def _data_of(spec: dict[str, Any]) -> pd.DataFrame:
    """Return the numbers behind a figure, as every figure of the library carries them."""
    carried = spec.get("usermeta", {}).get("h1224", {})
    frame = pd.DataFrame(carried.get("rows", []), columns=carried.get("columns", []))
    # What stands inside the picture stands in its data too.
    return frame.assign(**{DATA_KIND: carried["mark"]}) if "mark" in carried else frame

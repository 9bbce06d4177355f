"""Findings: statements as data, put into words by the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from h1224lib import wording

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One statement with its numbers, places and severity.

    Parameters
    ----------
    kind : str
        Entry of the catalogue that words it.
    severity : str
        ``error``, ``warning`` or ``note``.
    numbers : dict
        What the sentence names; a `Label` is worded in the reader's language.
    places : tuple of str
        Where in the sources it can be seen.

    Examples
    --------
    >>> Finding("plan_does_not_add_up", "error", {"fails": 1, "checks": 514}).say("en")
    '1 of 514 identities fails.'
    """

    kind: str
    severity: str = "note"
    numbers: dict[str, Any] = field(default_factory=dict)
    places: tuple[str, ...] = ()

    def say(self, lang: str) -> str:
        """Word the finding in ``zh`` or ``en``."""
        return wording.say(self.kind, lang, **self.worded(lang))

    def title(self, lang: str) -> str:
        """Word the finding in a few words, as the title of a figure."""
        return wording.say(f"{self.kind}.title", lang, **self.worded(lang))

    def worded(self, lang: str) -> dict[str, Any]:
        """Return the numbers with their names in ``zh`` or ``en``."""
        return {k: _worded(v, lang) for k, v in self.numbers.items()}

    def as_record(self) -> dict[str, Any]:
        """Return the finding as plain data, worded in both languages."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "numbers": {k: _plain(v) for k, v in self.numbers.items()},
            "places": list(self.places),
            **{lang: self.say(lang) for lang in wording.LANGUAGES},
        }


@dataclass(frozen=True)
class Label:
    """A name in both languages, so that a finding can be worded in either."""

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """Return the name in ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Problem(Finding):
    """A finding about an input file: where, what was found, what was expected, how to mend it.

    The catalogue words `kind`, and ``<kind>.expected`` and ``<kind>.remedy`` beside it.
    """

    file: str = ""
    row: int | None = None
    column: str = ""
    found: str = ""

    def say(self, lang: str) -> str:
        """Word the problem on one line, its place first."""
        place = wording.say("problem.place", lang, file=self.file, row=self.row, column=self.column)
        parts = [place, super().say(lang), self.expected(lang), self.remedy(lang)]
        return wording.say("problem.line", lang, parts=[p for p in parts if p])

    def expected(self, lang: str) -> str:
        """Word what was expected there."""
        return self._beside("expected", lang)

    def remedy(self, lang: str) -> str:
        """Word how to mend it."""
        return self._beside("remedy", lang)

    def as_record(self) -> dict[str, Any]:
        """Return the problem as plain data: file, row, column, found, expected, remedy."""
        words = {
            f"{part}_{lang}": getattr(self, part)(lang)
            for part in ("expected", "remedy")
            for lang in wording.LANGUAGES
        }
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "found": self.found,
            **super().as_record(),
            **words,
        }

    def _beside(self, part: str, lang: str) -> str:
        return wording.say(f"{self.kind}.{part}", lang, **self.worded(lang))


def problem(
    kind: str, file: str, row: Any = None, column: str = "", found: Any = "", **numbers: Any
) -> Problem:
    """Make a problem of severity ``error``; `found` is kept as it was printed, up to 80 signs."""
    shown = str(found) if len(str(found)) <= 80 else str(found)[:77] + "..."
    line = None if row is None else int(row)
    return Problem(
        kind, "error", {"found": shown, "column": column, **numbers}, (), file, line, column, shown
    )


def worst(findings: Iterable[Finding]) -> str | None:
    """Return the gravest severity among findings, or None where there are none.

    Examples
    --------
    >>> worst([Finding("gap_none", "note"), Finding("gap_parts", "warning")])
    'warning'
    """
    present = {finding.severity for finding in findings}
    return next((s for s in SEVERITIES if s in present), None)


def _worded(value: Any, lang: str) -> Any:
    if isinstance(value, Label):
        return value.say(lang)
    if isinstance(value, (list, tuple)):
        return [_worded(v, lang) for v in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Label):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)

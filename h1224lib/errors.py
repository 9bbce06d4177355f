"""One exception tree; the catalogue puts every error into words.

::

    H1224Error                  every error that this library raises on purpose
    ├── PlanError               a plan folder cannot be read: all its problems at once
    ├── BookError               a workbook cannot be read, or holds no matrix
    ├── ActualsError            a file of aggregated actuals cannot be read: likewise
    ├── LedgerError             a ledger cannot be read at all: no table, or beyond a limit
    ├── UnknownDimensionError   a dimension that the plan does not have
    ├── UnknownNameError        a plan, area, measure, period ... that is not there
    ├── PeriodsError            of several periods, those that cannot be run, each with its reason
    ├── ScheduleError           a schedule that the plan cannot give
    ├── ComparisonError         things that cannot be compared or split as asked
    ├── RoundingError           numbers that cannot be apportioned, raked or rounded as asked
    ├── MissingGlyphError       a text that the shipped font cannot draw
    ├── SettingsError           the settings of a working folder cannot be read
    ├── JobError                a notebook that cannot be run as asked
    └── OutputError             a folder that cannot be written
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from h1224lib.findings import Finding


class H1224Error(Exception):
    """An error as data: a catalogue key with its values, and the problems behind it.

    Parameters
    ----------
    key : str
        Entry of the catalogue that words the error.
    problems : sequence of Finding
        Each single problem, where there are several.
    **values
        What the entry's text names.
    """

    def __init__(self, key: str, problems: Sequence[Finding] = (), **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.problems = list(problems)
        self.values = values

    def say(self, lang: str) -> list[str]:
        """Word the error: the headline first, then one line a problem."""
        from h1224lib import wording

        lines = [wording.say(self.key, lang, **self.values)]
        return lines + [problem.say(lang) for problem in self.problems]

    def __str__(self) -> str:
        from h1224lib import wording

        return "\n".join(self.say(wording.user_language()))


class PlanError(H1224Error):
    """A plan folder cannot be read."""


class BookError(H1224Error):
    """A workbook cannot be read, or holds no matrix."""


class ActualsError(H1224Error):
    """A file of aggregated actuals cannot be read."""


class LedgerError(H1224Error):
    """A ledger cannot be read at all: not there, no table, encrypted, damaged, beyond a limit."""


class UnknownDimensionError(H1224Error):
    """A dimension that the plan does not have."""


class UnknownNameError(H1224Error):
    """A name that is not there."""


class PeriodsError(H1224Error):
    """Some of the periods that a run is asked for cannot be run.

    Parameters
    ----------
    refused : dict
        Period -> why.
    of : int
        How many periods were asked for.
    """

    def __init__(self, refused: Mapping[str, H1224Error], of: int) -> None:
        super().__init__("periods_refused", refused=len(refused), of=of)
        self.refused = refused

    def say(self, lang: str) -> list[str]:
        """Word the error: the headline first, then the lines of each period."""
        from h1224lib import wording

        lines = super().say(lang)
        for period, error in self.refused.items():
            first, *more = error.say(lang)
            lines.append(wording.say("period_refused", lang, period=period, reason=first))
            lines += more
        return lines


class ScheduleError(H1224Error):
    """A schedule that the plan cannot give."""


class ComparisonError(H1224Error):
    """Things that cannot be compared, or split as asked."""


class RoundingError(H1224Error):
    """Numbers that cannot be apportioned, raked or rounded as asked."""


class MissingGlyphError(H1224Error):
    """A text that the shipped font cannot draw."""


class SettingsError(H1224Error):
    """The settings of a working folder cannot be read."""


class JobError(H1224Error):
    """A notebook that cannot be run as asked."""


class OutputError(H1224Error):
    """A folder that cannot be written."""

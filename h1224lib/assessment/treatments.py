"""Treatments: what holds where an area has no target in an industry; kept as data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from h1224lib.assessment.shipped import name_entry, read_section, read_source
from h1224lib.errors import UnknownNameError
from h1224lib.findings import Label


@dataclass(frozen=True)
class Treatment:
    """What holds where an area has no target in an industry.

    Attributes
    ----------
    name : str
        ``renormalise``, ``zero``, ``full`` or ``leave_out``.
    label, source : Label
        What readers are shown, and where it is from.
    score : Fraction or None
        The score that stands in, 0 to 100.
    reweigh : bool
        Whether the weight goes to the other industries.
    ranked : bool
        Whether such an area is ranked.
    """

    name: str
    label: Label
    source: Label
    score: Fraction | None
    reweigh: bool
    ranked: bool


def list_treatments() -> list[str]:
    """List the treatments of an industry without a target.

    Examples
    --------
    >>> list_treatments()
    ['renormalise', 'zero', 'full', 'leave_out']
    """
    return list(read_section("treatment"))


def read_treatment(name: str) -> Treatment:
    """Read what holds where an area has no target in an industry.

    Raises
    ------
    UnknownNameError
        There is no such treatment.

    Examples
    --------
    >>> read_treatment("full").score, read_treatment("leave_out").ranked
    (Fraction(100, 1), False)
    """
    shipped = read_section("treatment")
    if name not in shipped:
        known = list(shipped)
        raise UnknownNameError("unknown_assessment_treatment", found=str(name), known=known)
    entry = shipped[name]
    score = Fraction(entry["score"]) if "score" in entry else None
    label = name_entry("assessment_treatment", name)
    return Treatment(name, label, read_source(entry), score, entry["reweigh"], entry["ranked"])

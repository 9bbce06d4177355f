"""Policies spread a remainder over years, profiles spread a year over its quarters."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from h1224lib.errors import RoundingError, ScheduleError
from h1224lib.plan.model import Plan
from h1224lib.rounding.apportionment import as_fraction

POLICIES = ("even", "growing", "front_loaded")
SHORT = {"front": "front_loaded"}
# Shares of a growing policy are rounded to a millionth: the rate itself is irrational.
FINE = 10**6
# Floats are held against fractions with no larger denominator.
SIMPLE = 1000


@dataclass(frozen=True)
class Profile:
    """How a year is spread over its quarters.

    Attributes
    ----------
    name : str
        As it was asked for.
    weights : tuple of Fraction
        One a quarter, adding up to 1.
    midyear : bool
        Whether half of the year is due by its middle even where a quarter is printed.
    """

    name: str
    weights: tuple[Fraction, ...]
    midyear: bool = False


EVEN = Profile("even", (Fraction(1, 4),) * 4)
# 时间过半、任务过半: the document asks for half by the middle, and says nothing of the quarters;
# a slower first quarter is our reading.
HALF = Profile(
    "half_by_midyear", (Fraction(1, 5), Fraction(3, 10), Fraction(1, 4), Fraction(1, 4)), True
)
PROFILES = {"even": EVEN, "half_by_midyear": HALF, "half": HALF, "双过半": HALF}


def read_profile(asked: Any) -> Profile:
    """Read a profile: a name, ``15/25/30/30``, or four weights.

    Raises
    ------
    ScheduleError
        It is neither, or a weight is negative, or all are zero.

    Examples
    --------
    >>> [str(weight) for weight in read_profile("15/25/30/30").weights]
    ['3/20', '1/4', '3/10', '3/10']
    """
    asked = _narrow(asked)
    if isinstance(asked, str) and asked in PROFILES:
        return PROFILES[asked]
    parts = asked.split("/") if isinstance(asked, str) else asked
    known = [*PROFILES, "15/25/30/30"]
    if isinstance(parts, Mapping) or not isinstance(parts, Iterable) or len(list(parts)) != 4:
        found = " ".join(str(asked).split())
        raise ScheduleError("unknown_profile", found=found, known=known)
    numbers = list(parts)
    weights = read_weights(numbers, "unknown_profile", asked, known)
    return Profile("/".join(str(part) for part in numbers), tuple(weights))


def _narrow(text: Any) -> Any:
    """Bring what was typed full-width, such as ／ and ，, to plain characters."""
    return unicodedata.normalize("NFKC", text).strip() if isinstance(text, str) else text


def read_weights(
    parts: Sequence[Any], key: str, asked: Any, known: Sequence[str]
) -> list[Fraction]:
    """Read weights as they are written, and bring them to a sum of 1.

    A float that is the nearest to a simple fraction, such as 1/3, is that fraction.
    """
    try:
        weights = [_read_weight(part) for part in parts]
    except RoundingError as error:
        raise ScheduleError(key, found=" ".join(str(asked).split()), known=known) from error
    numbers = [weight for weight in weights if weight is not None and weight >= 0]
    if len(numbers) < len(weights) or not any(numbers):
        raise ScheduleError("weights_share_nothing", found=[str(part) for part in parts])
    return [weight / sum(numbers) for weight in numbers]


def _read_weight(part: Any) -> Fraction | None:
    if isinstance(part, float) and math.isfinite(part):
        simple = Fraction(part).limit_denominator(SIMPLE)
        if float(simple) == part:
            return simple
    return as_fraction(part)


def read_profiles(asked: Any, plan: Plan) -> dict[tuple[str, str], Profile]:
    """Read one profile for all, or one for each area or industry named.

    Parameters
    ----------
    asked : str, sequence or mapping
        A profile, or code -> profile (as text: ``deqing=15/25/30/30,tourism=half``); ``all``
        stands for every code not named (else ``even``). A code counts for those below it; the
        area's goes before the industry's.
    plan : Plan
        Gives the codes.

    Returns
    -------
    dict
        (dimension, code) -> Profile, with ``("area", "all")`` always there.

    Raises
    ------
    ScheduleError
        A code is neither an area nor an industry of the plan.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> asked = {"deqing": "15/25/30/30", "tourism": "双过半"}
    >>> [(*key, found.name) for key, found in read_profiles(asked, load_plan()).items()]
    [('area', 'all', 'even'), ('area', 'deqing', '15/25/30/30'), ('industry', 'tourism', \
'half_by_midyear')]
    """
    asked = split_pairs(asked)
    if not isinstance(asked, Mapping):
        return {("area", "all"): read_profile(asked)}
    found = {("area", "all"): read_profile(asked.get("all", "even"))}
    for code, profile in asked.items():
        where = [d for d in ("area", "industry") if code in plan.table(d).index]
        if not where:
            codes = (str(c) for d in ("area", "industry") for c in plan.table(d).index)
            known = list(dict.fromkeys(codes))
            raise ScheduleError("profile_for_nobody", found=str(code), known=known)
        found[where[0], str(code)] = read_profile(profile)
    return found


@dataclass(frozen=True)
class Policy:
    """How a remainder is spread over years.

    Attributes
    ----------
    name : str
        ``even``, ``growing``, ``front_loaded`` or ``given``.
    given : mapping
        Year -> weight, where it is given.
    growth : Fraction, optional
        A year's amount over that of the year before; a measure without one is spread evenly.
    """

    name: str
    given: Mapping[int, Fraction]
    growth: Fraction | None = None

    def weigh(self, years: Sequence[int]) -> list[Fraction]:
        """Return the share of each year in a row, adding up to 1.

        Examples
        --------
        >>> [str(share) for share in read_policy("front_loaded").weigh([2024, 2025])]
        ['2/3', '1/3']
        """
        count = len(years)
        if count == 1:
            return [Fraction(1)]
        if self.name == "given":
            lacking = [year for year in years if year not in self.given]
            if lacking:
                raise ScheduleError("policy_lacks_year", found=str(lacking[0]))
            weights = [self.given[year] for year in years]
            return read_weights(weights, "unknown_policy", dict(self.given), POLICIES)
        if self.name == "front_loaded":
            # Sum-of-the-years'-digits, as in accounting.
            weights = [Fraction(count - place) for place in range(count)]
        elif self.growth is not None:
            weights = [self.growth**place for place in range(count)]
        else:
            weights = [Fraction(1)] * count
        return _rounded([weight / sum(weights) for weight in weights])


def _rounded(shares: list[Fraction]) -> list[Fraction]:
    """Round shares with long denominators to a millionth; the last takes what is left."""
    if max(share.denominator for share in shares) <= FINE:
        return shares
    first = [Fraction(round(share * FINE), FINE) for share in shares[:-1]]
    return [*first, 1 - sum(first, Fraction(0))]


def split_pairs(asked: Any) -> Any:
    """Read the text ``a=1,b=2`` as a mapping; anything else stays as it is.

    Raises
    ------
    ScheduleError
        A name stands there twice.

    Examples
    --------
    >>> split_pairs("2024=40,2025=60"), split_pairs("even")
    ({'2024': '40', '2025': '60'}, 'even')
    """
    asked = _narrow(asked)
    if not isinstance(asked, str) or "=" not in asked:
        return asked
    pairs = [pair.partition("=") for pair in asked.split(",")]
    names = [key.strip() for key, _, _ in pairs]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ScheduleError("named_twice", found=twice[0], asked=asked)
    return {name: value.strip() for name, (_, _, value) in zip(names, pairs, strict=True)}


def read_policy(asked: Any) -> Policy:
    """Read a policy: a name, or year -> weight (as text: ``2024=40,2025=60``).

    Raises
    ------
    ScheduleError
        It is neither.

    Examples
    --------
    >>> [str(share) for share in read_policy({"2024": 40, "2025": 60}).weigh([2024, 2025])]
    ['2/5', '3/5']
    """
    asked = split_pairs(asked)
    if isinstance(asked, Mapping) and asked:
        try:
            years = [int(str(year)) for year in asked]
        except ValueError:
            raise ScheduleError("unknown_policy", found=str(asked), known=list(POLICIES)) from None
        weights = read_weights(list(asked.values()), "unknown_policy", asked, POLICIES)
        return Policy("given", dict(zip(years, weights, strict=True)))
    name = SHORT.get(str(asked), str(asked))
    if name not in POLICIES:
        raise ScheduleError("unknown_policy", found=str(asked), known=list(POLICIES))
    return Policy(name, {})


def find_growth(first: Fraction | int, whole: Fraction | int, years: int) -> Fraction | None:
    """Return the yearly factor by which a first year and `years` more make up the whole.

    Found by halving, in whole millionths: first x (1 + g + ... + g**years) does not exceed the
    whole, and would with one millionth more.

    Parameters
    ----------
    first, whole : int or Fraction
        The first year and the sum of all, in steps.
    years : int
        How many follow the first.

    Returns
    -------
    Fraction or None
        None where there is no first year, nothing left, or no year to follow.

    Examples
    --------
    >>> float(find_growth(303, 1000, 2))
    1.096975
    """
    if first <= 0 or whole <= first or years < 1:
        return None
    low, high = 0, FINE * int(whole // first + 1)
    while high - low > 1:
        middle = (low + high) // 2
        total = sum(middle**k * FINE ** (years - k) for k in range(years + 1))
        if first * total <= whole * FINE**years:
            low = middle
        else:
            high = middle
    return Fraction(low, FINE)

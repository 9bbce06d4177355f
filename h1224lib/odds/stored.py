"""The stored calibration: what `calibrate` found, so that a forecast can say it."""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd

STORED = Path(__file__).with_name("calibration.csv")
# Odds beyond these are told as "under" and "over": the model is not good enough for more.
FAINT, SURE = 0.05, 0.95


@functools.cache
def read_calibration() -> pd.DataFrame:
    """Read what the last full calibration found, in the columns of `calibrate`.

    It is made anew, with equal bytes on one machine, by ``python -m h1224lib.odds.calibration``.

    Examples
    --------
    >>> [name for name in sorted(set(read_calibration()["quantity"])) if "co" in name]
    ['coverage', 'coverage_after', 'coverage_pooled']
    """
    return pd.read_csv(STORED)

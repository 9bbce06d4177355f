"""Indicators: outcomes set against their targets, and rated on the way by a published method."""

from h1224lib.indicators.counts import read_counts as read_counts
from h1224lib.indicators.judging import Indicators as Indicators
from h1224lib.indicators.judging import for_circular as for_circular
from h1224lib.indicators.judging import judge_headline as judge_headline
from h1224lib.indicators.judging import judge_indicators as judge_indicators
from h1224lib.indicators.judging import judge_targets as judge_targets
from h1224lib.indicators.judging import read_published as read_published
from h1224lib.indicators.rating import rate_indicators as rate_indicators
from h1224lib.indicators.tracking import Track as Track
from h1224lib.indicators.tracking import track_indicators as track_indicators

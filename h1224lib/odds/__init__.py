"""Odds: the chance of meeting a target that is a count, with an interval, in modest words."""

from h1224lib.odds.counts import odds_at_pace as odds_at_pace
from h1224lib.odds.counts import odds_of_count as odds_of_count
from h1224lib.odds.forecasting import Odds as Odds
from h1224lib.odds.forecasting import forecast as forecast

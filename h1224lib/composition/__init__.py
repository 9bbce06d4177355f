"""Composition: what the projects that count are made of, and how far each has got."""

from h1224lib.composition.activity import count_activity as count_activity
from h1224lib.composition.cards import Card as Card
from h1224lib.composition.cards import describe_industry as describe_industry
from h1224lib.composition.concentration import measure_concentration as measure_concentration
from h1224lib.composition.funnel import follow_stages as follow_stages
from h1224lib.composition.headline import score_headline as score_headline
from h1224lib.composition.investors import match_investors as match_investors
from h1224lib.composition.platform import measure_platforms as measure_platforms
from h1224lib.composition.regions import list_regions as list_regions
from h1224lib.composition.result import Composition as Composition
from h1224lib.composition.sizes import count_sizes as count_sizes

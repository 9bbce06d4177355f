"""Assessment: annex 3's points under every reading that it leaves open."""

from h1224lib.assessment.aggregation import aggregate as aggregate
from h1224lib.assessment.aggregation import distance_to_target as distance_to_target
from h1224lib.assessment.marginal import value_projects as value_projects
from h1224lib.assessment.readings import Variation as Variation
from h1224lib.assessment.readings import vary as vary
from h1224lib.assessment.scoring import Scores as Scores
from h1224lib.assessment.scoring import assess as assess

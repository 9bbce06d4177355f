"""Gaps: what they are made of, what changed, and whose they are; every split adds up exactly."""

from h1224lib.gaps.comparison import Comparison as Comparison
from h1224lib.gaps.comparison import compare as compare
from h1224lib.gaps.completion import CompletionSplit as CompletionSplit
from h1224lib.gaps.completion import decompose_completion as decompose_completion
from h1224lib.gaps.decomposition import Decomposition as Decomposition
from h1224lib.gaps.decomposition import decompose_rate as decompose_rate
from h1224lib.gaps.parts import Parts as Parts
from h1224lib.gaps.parts import attribute_gap as attribute_gap
from h1224lib.gaps.parts import tell_parts as tell_parts
from h1224lib.gaps.responsibility import Responsibility as Responsibility
from h1224lib.gaps.responsibility import assign_responsibility as assign_responsibility
from h1224lib.gaps.shifts import ShiftShare as ShiftShare
from h1224lib.gaps.shifts import shift_share as shift_share

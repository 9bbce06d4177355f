"""Review: what deserves a reader's attention in a plan that adds up, found by rules."""

from h1224lib.review.paces import measure_paces
from h1224lib.review.rulebook import Rule, list_rules, review_plan, tell_errors, tell_once

__all__ = ["Rule", "list_rules", "measure_paces", "review_plan", "tell_errors", "tell_once"]

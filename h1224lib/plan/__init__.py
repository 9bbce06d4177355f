"""Plans as data: a folder of tables, read with every problem named, and the cells they target."""

from h1224lib.plan.folder import check_folder, load_plan
from h1224lib.plan.model import DIMENSIONS, Plan

__all__ = ["DIMENSIONS", "Plan", "check_folder", "load_plan"]

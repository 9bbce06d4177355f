"""Progress: target, schedule and actual of every cell on one day, and what is between them."""

from h1224lib.progress.accumulation import CELL as CELL
from h1224lib.progress.accumulation import accumulate as accumulate
from h1224lib.progress.accumulation import fill_up as fill_up
from h1224lib.progress.earned import earn_schedule as earn_schedule
from h1224lib.progress.earned import rate_time as rate_time
from h1224lib.progress.expected import SCHEDULES as SCHEDULES
from h1224lib.progress.lights import read_rule as read_rule
from h1224lib.progress.measuring import measure_progress as measure_progress
from h1224lib.progress.state import State as State
from h1224lib.progress.telling import name_behind as name_behind
from h1224lib.progress.telling import sum_up as sum_up

"""Rounding: apportionment, raking, and tables whose sums are rounded with them."""

from h1224lib.rounding.apportionment import METHODS as METHODS
from h1224lib.rounding.apportionment import apportion as apportion
from h1224lib.rounding.raking import Raked as Raked
from h1224lib.rounding.raking import rake as rake
from h1224lib.rounding.raking import rake_parts as rake_parts
from h1224lib.rounding.tables import Controlled as Controlled
from h1224lib.rounding.tables import Violation as Violation
from h1224lib.rounding.tables import round_controlled as round_controlled

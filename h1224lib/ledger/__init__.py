"""The ledger: the list of projects as an office keeps it, read as it is and judged row by row."""

from h1224lib.ledger.guards import Limits as Limits
from h1224lib.ledger.model import Ledger as Ledger
from h1224lib.ledger.read import read_ledger as read_ledger

"""Import of a bank's files: checked row by row, staged, and brought in as one unit of work."""

from crmdesk.services.importing.offered import OfferedField, offered
from crmdesk.services.importing.run import PROFILES, ImportReport, ask, run

__all__ = ["PROFILES", "ImportReport", "OfferedField", "ask", "offered", "run"]

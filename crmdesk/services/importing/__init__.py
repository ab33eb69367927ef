"""Import of a bank's files: checked row by row, staged, and brought in as one unit of work."""

from crmdesk.services.importing.run import PROFILES, ImportReport, run

__all__ = ["PROFILES", "ImportReport", "run"]

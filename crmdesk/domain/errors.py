"""The errors a person may see: one clear sentence each."""


class CrmdeskError(Exception):
    """Something was refused or could not be done; the text is one sentence for people."""


class BadInput(CrmdeskError):
    """What was typed or asked for cannot be used (command line: exit 2)."""


class Refused(CrmdeskError):
    """A right, a permission or a rule forbids it."""


class AnalysisError(CrmdeskError):
    """An analysis cannot answer on this data: its sentence says why."""

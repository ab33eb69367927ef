"""The table of ready texts under its former name."""

from crmdesk.desk.plain_table import PlainTable, TextModel

__all__ = ["PlainTable", "TextModel"]

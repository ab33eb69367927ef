"""The command line of crmdesk: every command calls the desk's services and says one answer."""

from crmdesk.cli.main import main

__all__ = ["main"]

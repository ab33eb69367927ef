"""The bank file: tables, units of work, chains, migrations. The only room that writes SQL to change things."""

from crmdesk.store.bank import Store, open_bank

__all__ = ["Store", "open_bank"]

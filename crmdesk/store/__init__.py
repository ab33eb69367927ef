"""The bank file: tables, units of work, chains, migrations. The only room that writes SQL to change things."""

from crmdesk.store.bank import Store, create_bank
from crmdesk.store.opening import open_bank

__all__ = ["Store", "create_bank", "open_bank"]

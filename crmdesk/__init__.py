"""crmdesk: a desktop CRM for retail banks with data mining built in."""

__version__ = "1.3.0"

"""The command line of crmdesk."""

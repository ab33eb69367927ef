"""Cross-selling: from a rule to a list of people who may be asked."""

"""Questions to the store by noun: all SQL that services need lies here."""

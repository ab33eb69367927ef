"""What watches over the bank: the audit, acts of two people, requests about personal data, how long things are kept."""

"""What baskets are made of: holdings, acts or a file, and what their owners are like."""

"""What a bank's data says per customer: analytics tables, features, the population and the engine that counts."""

"""Rules from itemsets: measures, tests, what is shown, and words."""

"""Frequent itemsets with exact counts: bits, search, closed and maximal sets, subsets."""

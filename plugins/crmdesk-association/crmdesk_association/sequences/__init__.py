"""What follows what: histories, pattern growth, tests of order, waiting times."""

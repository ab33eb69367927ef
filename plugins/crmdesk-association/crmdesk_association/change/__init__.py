"""What changed between two snapshots: pairs of people, tests, kinds, words."""

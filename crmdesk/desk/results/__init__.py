"""What came out of a run: pictures, tables, the run history."""

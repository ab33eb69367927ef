"""Pure words and rules of a retail bank: no files, no clock, no framework."""

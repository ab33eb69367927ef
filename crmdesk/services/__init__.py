"""Use-cases by noun: the single path of the desk, the command line and the tests."""

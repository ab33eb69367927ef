"""A pytest kit for plugin authors."""

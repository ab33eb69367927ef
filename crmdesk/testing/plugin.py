"""Fixtures that pytest offers to plugin authors; light at import."""

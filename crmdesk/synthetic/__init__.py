"""Invented banks with planted truth, which mining never opens."""

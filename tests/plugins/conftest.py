"""The workshop of plugin packages."""

from workshop import workshop

__all__ = ["workshop"]

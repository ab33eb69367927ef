"""Permissions at the desk: recording an answer, its evidence and receipt, and the whole bank's permissions."""

"""At the door: signing in, one's own password, and the lock over the window."""

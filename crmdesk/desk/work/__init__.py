"""Tasks and opportunities at the desk."""

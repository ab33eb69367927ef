"""Administration: who works here with which roles, and the encryption of the bank."""

"""The pictures of rules, sequences and changes; the only package here that knows Qt."""

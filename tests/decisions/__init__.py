"""Judges that answer with a probability."""

"""Watches: what is read in production, what of it is judged, and what was said of it."""

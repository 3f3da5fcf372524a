"""Deleting, archiving and what is gone, on the screen: shared by every page that offers it."""

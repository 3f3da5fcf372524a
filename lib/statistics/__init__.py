"""Counts in, figures out. Pure functions: no store, no network, no screen."""

"""What to look at next: combinations, near-duplicates, the order of queues, splits. Pure functions."""

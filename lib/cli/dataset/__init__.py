"""Step 2, the dataset: its commands."""

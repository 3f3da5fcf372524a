"""Step 2, the dataset: its views."""

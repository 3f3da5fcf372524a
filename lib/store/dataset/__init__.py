"""Step 2, the dataset: its rows in the database."""

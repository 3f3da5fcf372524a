"""Step 3, the expert's review: its rows in the database."""

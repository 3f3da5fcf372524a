"""Step 5, the judge: its rows in the database."""

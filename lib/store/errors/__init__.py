"""Steps 4, 6 and 7, error analysis: its rows in the database."""

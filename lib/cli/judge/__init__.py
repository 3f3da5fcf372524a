"""Step 5, the judge: its commands."""

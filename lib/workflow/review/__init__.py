"""Step 3, the expert's review: its verbs."""

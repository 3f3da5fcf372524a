"""The siege: the product under attack, a part a file; `python -m tests.bench.siege` runs them and prints a table."""

"""The first ten migrations, which every file has long had."""

"""Sources on the command line."""

"""How spans of every kind are read."""

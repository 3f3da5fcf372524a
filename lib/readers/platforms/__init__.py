"""Platforms that keep traces, and what people and machines said of them."""

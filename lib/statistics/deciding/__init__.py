"""Answers that follow from figures: is a replacement as good, does a gate let through."""

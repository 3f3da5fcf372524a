"""Helpers of the tests of error analysis."""

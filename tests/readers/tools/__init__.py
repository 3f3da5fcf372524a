"""Exports of tools that keep or judge traces: exact traces, labels, verdicts and what is left out."""

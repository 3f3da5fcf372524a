"""Exports of tools that keep or judge traces, each a file of its own."""

"""The adapters of an exported judge: against recorded shapes in `make test`, against the real programs outside it."""

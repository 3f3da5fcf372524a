"""An exported judge over Ray Data, the real one, outside `make test`."""

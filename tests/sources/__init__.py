"""Sources against the real servers of Phoenix and MLflow: `make test-sources`."""

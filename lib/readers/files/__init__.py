"""Tables in plain files: CSV, JSON, JSON lines and Parquet."""

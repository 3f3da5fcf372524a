"""Door 2: every line of SQL outside schema.py, one file per noun.

Opens the one SQLite file and hands out a `Store`; knows rows and records, nothing of
models, files to import or screens.
"""

from lib.store.database import Store, create_backup, default_path, open_store

__all__ = ["Store", "create_backup", "default_path", "open_store"]

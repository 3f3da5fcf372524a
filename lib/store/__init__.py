"""Door 3: every line of SQL outside schema/, one file per noun, in the room of its step.

Opens the one SQLite file and hands out a `Store`; knows rows and records, nothing of models, files to import or
screens.
"""

from lib.store.database import Store, create_backup, default_path, open_store

__all__ = ["Store", "create_backup", "default_path", "open_store"]

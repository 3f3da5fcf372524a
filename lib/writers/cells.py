"""One value as the text of a cell, the same in every table that goes out."""

import json
from typing import Any


def as_text(value: Any) -> str:
    """JSON values as compact text, nothing as the empty text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""A model as endpoints list it: its name, its last day, and what kind of answers it gives, where that is told."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Model:
    """A model as GET /v1/models lists it; `shutdown_date` where the provider names one."""

    id: str
    shutdown_date: str | None = None
    owned_by: str | None = None
    decides: bool | None = None  # answers typed questions with probabilities; None where the endpoint does not say

    @staticmethod
    def of(item: dict[str, Any]) -> "Model":
        """From an item of the list; LookupError, TypeError or AttributeError where it is none."""
        return Model(str(item["id"]), _text(item.get("shutdown_date")), _text(item.get("owned_by")), _decides(item))


def _decides(item: dict[str, Any]) -> bool | None:
    """What a list of models says of a model's kind, as llama.cpp writes it."""
    told = item.get("architecture")
    kinds = told.get("output_modalities") if isinstance(told, dict) else None
    return "decisions" in kinds if isinstance(kinds, list) else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)

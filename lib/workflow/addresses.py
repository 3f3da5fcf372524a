"""Whole addresses of pages of the app, for what leaves it: files, reports, messages."""

from collections.abc import Callable
from urllib.parse import urlencode, urljoin, urlsplit

from lib.records import UsageError

Link = Callable[..., str]  # (page, words of its address) -> a whole address, or nothing


def nowhere(page: str, **words: str | None) -> str:
    """A Link where nobody knows the app's address: nothing."""
    return ""


def of(base: str, project: int, page: str, /, **words: str | None) -> str:
    """The address of a page ("" is the first) on a project; empty words are left out, and without a base all of it.

    `base` is any address of the app: its pages lie side by side.
    """
    return f"{urljoin(base, page or './')}?{urlencode(named(project, **words))}" if base else ""


def named(project: int, /, **words: str | None) -> dict[str, str]:
    """The words of an address on a project, that one among them; empty ones are left out."""
    return {"project": str(project), **{name: word for name, word in words.items() if word}}


def checked(base: str) -> str:
    """A base as it is typed, which ends with a stroke; UsageError where it is no address of the web."""
    if not base:
        return ""
    try:
        found = urlsplit(base)
    except ValueError:
        found = urlsplit("")
    if found.scheme not in ("http", "https") or not found.netloc:
        raise UsageError(f"'{base}' is no address of the app: write for instance http://localhost:8501.")
    return base if base.endswith("/") else f"{base}/"

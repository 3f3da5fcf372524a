"""Points in time out of text: ISO 8601, or Unix seconds and their thousandths.

Knows text alone; which cell it came from is the caller's to say.
"""

from datetime import UTC, datetime

from lib.readers.outcomes import as_number

FIRST_SECOND = 100_000_000  # March 1973


def instant_of(found: str) -> datetime:
    """A moment in UTC; no zone means UTC; ValueError, OverflowError or OSError for what is none."""
    parsed = _parsed(found)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


def is_moment(found: str) -> bool:
    """Whether it can be read as one."""
    try:
        return bool(instant_of(found))
    except (ValueError, OverflowError, OSError):
        return False


def _parsed(found: str) -> datetime:
    number = as_number(found)
    # Smaller numbers are years (2026), dates (20261124) or durations, not seconds since 1970.
    if number is None or number < FIRST_SECOND:
        return datetime.fromisoformat(found)
    # Milli-, micro- and nanoseconds are told apart by their size.
    unit = next((unit for unit in (1e9, 1e6, 1e3) if number > 1e8 * unit), 1)
    return datetime.fromtimestamp(number / unit, UTC)

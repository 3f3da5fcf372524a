"""Shards: equal parts of a set of traces for several machines, written "3/8"; a hash of a trace's id says which part.

So copies of one file agree on the parts, whatever was added since.
"""

import re

from lib.records import UsageError

MOST = 10_000


def checked(shard: str) -> str:
    """The third of eight parts as "3/8"; UsageError for anything else."""
    found = re.fullmatch(r"\s*(\d{1,5})\s*/\s*(\d{1,5})\s*", shard)
    part, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= of <= MOST:
        raise UsageError(f"'{shard}' is no shard: write which part of how many, for instance 3/8, with at most "
                         f"{MOST:,} parts.")
    return f"{part}/{of}"

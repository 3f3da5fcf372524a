"""Reads Parquet: rows and nested values as they are, in a process of its own that has little time and memory.

A small file can hold tens of thousands of columns or a text a million times, and the library that reads it cannot be
interrupted: so another process turns the file into JSON lines, which are then read as every such file is.
"""

import os
import signal
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path

from lib.readers.files import jsonl_file
from lib.readers.files.json_file import table
from lib.readers.files.source import Source, source_of
from lib.readers.table import MAX_ROWS, Content, Format
from lib.records import DataError
from lib.records.places import ROOT

MAGIC = b"PAR1\x15"
MAX_CELLS_BYTES = 500_000_000
SECONDS = 8  # of the processor
PATIENCE = 40  # seconds on the clock: a busy machine gives the process only a part of its time
MAX_MEMORY = 3_000_000_000
REFUSED = 3  # the process's exit code where it says why in a sentence


def unpack(name: str, data: bytes | Path | Source, encoding: str | None = None) -> Content:
    """The rows of a Parquet file; the encoding is always its own."""
    handle, spool = tempfile.mkstemp(prefix="plumbline-parquet-", suffix=".jsonl")
    os.close(handle)
    file = jsonl_file.File(Source(name, Path(spool)), None, "row")
    ended = weakref.finalize(file, Path(spool).unlink, missing_ok=True)
    try:
        _convert(source_of(name, data), spool)
        return Content(name, "parquet", jsonl_file.rows_of(file))
    except BaseException:
        ended()
        raise


FORMAT = Format("Parquet", "its first bytes, PAR1", "", lambda content: content.container == "parquet",
                lambda content: table(content, "parquet", content.rows))


def _convert(source: Source, target: str) -> None:
    words = [sys.executable, "-m", "lib.readers.files.parquet_child", source.name, target,
             *map(str, (MAX_ROWS, MAX_CELLS_BYTES, SECONDS, MAX_MEMORY))]
    try:
        ended = subprocess.run(words, input=source.whole(), capture_output=True, timeout=PATIENCE, cwd=ROOT,
                               env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    except subprocess.TimeoutExpired:
        raise _too_slow(source.name) from None
    if ended.returncode == -signal.SIGXCPU:
        raise _too_slow(source.name)
    if ended.returncode == REFUSED:
        raise DataError(ended.stderr.decode("utf-8", "replace").strip())
    if ended.returncode:
        raise DataError(f"{source.name} is a Parquet file that cannot be read: reading it needed more than "
                        f"{MAX_MEMORY // 1_000_000:,} MB or {SECONDS} seconds, or the file is damaged. Split it into "
                        "smaller files, or write it again.")


def _too_slow(name: str) -> DataError:
    return DataError(f"{name} is a Parquet file that could not be read within {SECONDS} seconds: split it into smaller "
                     "files, leave out columns, or write it as JSONL.")

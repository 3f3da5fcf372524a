"""Reads Parquet: rows and nested values as they are; row count and size are known before a cell is read.

Nothing in such a file is ever unpickled: types that would need foreign code are read as what they are stored as.
"""

import base64
import math
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from lib.readers.files.json_file import MAX_DEPTH, table
from lib.readers.table import MAX_ROWS, Content, Format, Row
from lib.records import DataError

MAGIC = b"PAR1\x15"
MAX_CELLS_BYTES = 500_000_000
# A file of a few kilobytes may hold one long text a million times: few rows at a time, and what came is counted.
_BATCH = 100


def unpack(name: str, data: bytes, encoding: str | None = None) -> Content:
    """The rows of a Parquet file; the encoding is always its own."""
    import pyarrow as pa  # only here: a tenth of a second that no other format needs to wait
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        _refuse_large(name, file.metadata)
        _refuse_doubles(name, file.schema_arrow.names)
        return Content(name, "parquet", [Row(number, cells) for number, cells in enumerate(_cells(name, file), 1)])
    except (pa.ArrowException, OSError, ValueError, OverflowError, TypeError) as error:
        raise DataError(f"{name} is a Parquet file that cannot be read ({' '.join(str(error).split())[:120]}). "
                        "It is cut off or damaged: write it again.") from None


FORMAT = Format("Parquet", "its first bytes, PAR1", "", lambda content: content.container == "parquet",
                lambda content: table(content, "parquet", content.rows))


def _refuse_large(name: str, metadata: Any) -> None:
    size = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if metadata.num_rows > MAX_ROWS:
        raise DataError(f"{name} has more than {MAX_ROWS:,} rows ({metadata.num_rows:,}): split it into smaller files.")
    if size > MAX_CELLS_BYTES:
        raise _too_large(name)


def _too_large(name: str) -> DataError:
    return DataError(f"{name} holds more than {MAX_CELLS_BYTES // 1_000_000} MB of cells: split it into smaller files, "
                     "or leave out columns.")


def _refuse_doubles(name: str, names: list[str]) -> None:
    for place, column in enumerate(names, 1):
        if names.index(column) != place - 1:
            raise DataError(f"{name}, column {place}: the name '{column}' stands twice. Give each column its own name.")


def _cells(name: str, file: Any) -> Iterator[dict[str, Any]]:
    size = 0
    for batch in file.iter_batches(_BATCH):
        for row in range(batch.num_rows):
            # One row at a time: cells that share one long text in the file are many texts here.
            cells = {column: _plain(array[row].as_py())
                     for column, array in zip(batch.schema.names, batch, strict=True)}
            size += sum(map(_size, cells.values()))
            if size > MAX_CELLS_BYTES:
                raise _too_large(name)
            yield cells


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 16 + sum(map(_size, parts))


def _plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON knows it: times in ISO 8601, bytes as text, a missing number (NaN) as nothing."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, dict):
        return {str(key): _plain(part, depth + 1) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part, depth + 1) for part in value]
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isfinite(value) else str(value)
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return value if value is None or isinstance(value, (str, bool, int)) else str(value)

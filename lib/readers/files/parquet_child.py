"""The process that turns a Parquet file on its standard input into JSON lines, within limits set before it begins.

Row count and size are known before a cell is read. Nothing in such a file is ever unpickled: types that would need
foreign code are read as what they are stored as.
"""

import base64
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from lib.readers.files.json_file import MAX_DEPTH
from lib.records import DataError, limits

# A file of a few kilobytes may hold one long text a million times: few rows at a time, and what came is counted.
_BATCH = 100
_AT_ONCE = 5_000_000  # bytes of a batch that become rows together, which is several times as fast
_REFUSED = 3


def main(name: str, target: str, most_rows: int, most_bytes: int, seconds: int, memory: int) -> None:
    """Writes the rows; a refusal is a sentence on standard error and an exit code of its own."""
    limits.hold(memory, seconds)
    try:
        with open(target, "w", encoding="utf-8") as out:
            for cells in _rows(name, sys.stdin.buffer.read(), most_rows, most_bytes):
                out.write(json.dumps(cells) + "\n")
    except DataError as error:
        sys.stderr.write(str(error))
        sys.exit(_REFUSED)


def _rows(name: str, data: bytes, most_rows: int, most_bytes: int) -> Iterator[dict[str, Any]]:
    import pyarrow as pa  # after the limits are set
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        _refuse_large(name, file.metadata, most_rows, most_bytes)
        _refuse_doubles(name, file.schema_arrow.names)
        yield from _cells(name, file, most_bytes)
    except (pa.ArrowException, OSError, ValueError, OverflowError, TypeError) as error:
        raise DataError(f"{name} is a Parquet file that cannot be read ({' '.join(str(error).split())[:120]}). "
                        "It is cut off or damaged: write it again.") from None


def _refuse_large(name: str, metadata: Any, most_rows: int, most_bytes: int) -> None:
    size = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if metadata.num_rows > most_rows:
        raise DataError(f"{name} has more than {most_rows:,} rows ({metadata.num_rows:,}): "
                        "split it into smaller files.")
    if size > most_bytes:
        raise _too_large(name, most_bytes)


def _too_large(name: str, most_bytes: int) -> DataError:
    return DataError(f"{name} holds more than {most_bytes // 1_000_000} MB of cells: split it into smaller files, "
                     "or leave out columns.")


def _refuse_doubles(name: str, names: list[str]) -> None:
    if double := next((column for column, n in Counter(names).items() if n > 1), None):
        place = len(names) - names[::-1].index(double)
        raise DataError(f"{name}, column {place}: the name '{double}' stands twice. Give each column its own name.")


def _cells(name: str, file: Any, most_bytes: int) -> Iterator[dict[str, Any]]:
    size, names = 0, file.schema_arrow.names
    # Cells that share one long text in the file are many texts here: such rows are taken one at a time.
    shared = "dictionary<" in str(file.schema_arrow)
    for batch in file.iter_batches(_BATCH):
        at_once = batch.nbytes <= _AT_ONCE and not shared
        for values in zip(*(array.to_pylist() if at_once else _one_by_one(array) for array in batch), strict=True):
            cells = dict(zip(names, map(_plain, values), strict=True))
            size += sum(map(_size, values))
            if size > most_bytes:
                raise _too_large(name, most_bytes)
            yield cells


def _one_by_one(array: Any) -> Iterator[Any]:
    return (value.as_py() for value in array)


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


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:7]))

"""Takes an Inspect log out of its zip form (.eval): the head and every sample, as `inspect log dump` would write them.

Reads members in memory and bounded, by count and by what comes out of them; no path of an archive is ever used.
"""

import io
import struct
import zipfile
import zlib
from typing import Any

from lib.readers.files.json_file import parse
from lib.readers.table import MAX_ROWS, Content, Row, decode
from lib.records import DataError

MAGIC = b"PK\x03\x04"
MAX_BYTES_OUT = 1_000_000_000
MAX_MEMBERS = 100_000
_HEADS = ("header.json", "_journal/start.json")  # the second is all there is of a log that was not finished
_PARTS = (*_HEADS, "samples/", "_journal/", "summaries.json", "reductions.json")
_STEPS = ("model", "tool", "span_begin", "step", "subtask")
_BULK = ("call", "tools", "config", "traceback", "traceback_ansi")
_ZSTANDARD = 93  # unknown to Python's own zipfile before 3.14
_CUT_OFF = "It is cut off or damaged: copy it again, or write it as JSON (inspect log dump FILE.eval > log.json)."


def is_one(data: bytes) -> bool:
    """Whether a zip archive begins with a part of an Inspect log."""
    return data.startswith(MAGIC) and data[30:60].startswith(tuple(part.encode() for part in _PARTS))


def unpack(name: str, data: bytes, encoding: str | None = None) -> Content:
    """The whole log as one object; the encoding is always its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise _damaged(name, error) from None
    if len(members) > MAX_MEMBERS:
        raise DataError(f"{name} holds more than {MAX_MEMBERS:,} files: split the evaluation into several logs.")
    log = _log(name, data, {member.filename: member for member in members})
    return Content(name, "json", [Row(1, log)], log)


def _log(name: str, data: bytes, members: dict[str, zipfile.ZipInfo]) -> dict[str, Any]:
    left = MAX_BYTES_OUT
    head = next((members[part] for part in _HEADS if part in members), None)
    samples = [member for part, member in members.items() if part.startswith("samples/") and part.endswith(".json")]
    if head is None:
        raise DataError(f"{name} is an archive without the head of an Inspect log ({_HEADS[0]}). {_CUT_OFF}")
    if len(samples) > MAX_ROWS:
        raise DataError(f"{name} has more than {MAX_ROWS:,} samples: split the evaluation into several logs.")
    found = []
    for member in (head, *samples):
        text = _bytes(name, data, member, left)
        left -= len(text)
        found.append(_slim(parse(decode(f"{name}, {member.filename}", text), f"{name}, {member.filename}")))
    log = found[0] if isinstance(found[0], dict) else {}
    return {**log, "samples": found[1:]}


def _slim(sample: Any) -> Any:
    """A sample without the raw requests and replies of its events, which are most of an archive."""
    if not isinstance(sample, dict) or not isinstance(sample.get("events"), list):
        return sample
    events = [{key: value for key, value in event.items() if key not in _BULK} for event in sample["events"]
              if isinstance(event, dict) and event.get("event") in _STEPS]
    pool = sample.get("events_data")
    return {**sample, "events": events, "events_data": {"messages": pool.get("messages")} if isinstance(
        pool, dict) else None}


def _bytes(name: str, data: bytes, member: zipfile.ZipInfo, most: int) -> bytes:
    where = f"{name}, {member.filename[:80]}"
    if member.flag_bits & 1:
        raise DataError(f"{where}: it is encrypted. Write the log again without a password.")
    try:
        packed = _packed(data, member)
        found = _stream(packed, member.compress_type).read(most + 1)
    except (zlib.error, struct.error, OSError, ValueError, EOFError) as error:
        raise _damaged(where, error) from None
    except KeyError:
        raise DataError(f"{where}: it is packed in a way (method {member.compress_type}) that is not read here. Write "
                        "the log as JSON (inspect log dump FILE.eval > log.json).") from None
    if len(found) > most:
        raise DataError(f"{name} holds more than {MAX_BYTES_OUT // 1_000_000} MB: split the evaluation into several "
                        "logs, or write fewer events (--no-log-realtime, --no-log-images).")
    if zlib.crc32(found) != member.CRC:
        raise _damaged(where, ValueError("its checksum differs"))
    return found


def _packed(data: bytes, member: zipfile.ZipInfo) -> bytes:
    """A member as it stands in the file, behind its own short head."""
    mark, name, extra = struct.unpack("<4s22xHH", data[member.header_offset:member.header_offset + 30])
    start = member.header_offset + 30 + name + extra
    if mark != MAGIC or start + member.compress_size > len(data):
        raise ValueError("a member lies outside the file")
    return data[start:start + member.compress_size]


def _stream(packed: bytes, method: int) -> Any:
    """The unpacked bytes as a stream, so that no more than the limit ever stands in memory."""
    import pyarrow as pa  # only here: a tenth of a second that no other format needs to wait

    if method == _ZSTANDARD:
        return pa.CompressedInputStream(pa.BufferReader(packed), "zstd")
    return {zipfile.ZIP_STORED: io.BytesIO, zipfile.ZIP_DEFLATED: _Inflated}[method](packed)


class _Inflated:
    """Deflate without the head and tail that gzip has."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def read(self, most: int) -> bytes:
        """At most so many bytes."""
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(self._packed, most)


def _damaged(where: str, error: Exception) -> DataError:
    return DataError(f"{where}: the archive cannot be read ({' '.join(str(error).split())[:120]}). {_CUT_OFF}")

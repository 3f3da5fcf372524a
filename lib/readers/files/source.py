"""A file to be read as often as needed without being held: a path on the disk, or the bytes of an upload.

Knows bytes, encodings and lines; knows nothing of rows.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lib.readers.table import codec_of, decode
from lib.records import DataError, visible

_SINGLE_BYTES = {"utf-8", "utf-8-sig", "latin-1", "iso-8859-1", "cp1252", "ascii"}


@dataclass(frozen=True)
class Source:
    """Where the bytes are; a path must not change between two readings."""

    name: str
    place: bytes | Path

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.place) if isinstance(self.place, bytes) else self.place.stat().st_size

    def open(self) -> BinaryIO:
        """The bytes from the start; nothing is copied."""
        return io.BytesIO(self.place) if isinstance(self.place, bytes) else self.place.open("rb")

    def head(self, n: int) -> bytes:
        """The first bytes."""
        with self.open() as file:
            return file.read(n)

    def whole(self) -> bytes:
        """All bytes, for formats that are no lines."""
        return self.place if isinstance(self.place, bytes) else self.place.read_bytes()

    def stamp(self) -> tuple[int, int]:
        """What differs once the file on the disk is another."""
        if isinstance(self.place, bytes):
            return (len(self.place), 0)
        found = self.place.stat()
        return (found.st_size, found.st_mtime_ns)

    def refuse_changed(self, stamp: tuple[int, int]) -> None:
        """DataError where the file is not what it was when it was checked."""
        if self.stamp() != stamp:
            raise DataError(f"{self.name} was changed while it was read: read it again once it is complete.")


def source_of(name: str, data: "bytes | Path | Source") -> Source:
    """The source of whatever a reader was given."""
    return data if isinstance(data, Source) else Source(name, data if isinstance(data, Path) else bytes(data))


def lines(source: Source, encoding: str | None, newline: str) -> Iterator[str]:
    """Physical lines with their ends: "" takes CR, LF and CRLF for one, "\\n" the line feed alone.

    DataError names the first byte that does not fit, and a file that changed since it was first read.
    """
    codec = codec_of(source.name, source.head(4), encoding)
    mark = "\ufeff"  # only before the first line is it no text
    with source.open() as raw, _text(raw, codec, newline, source, encoding) as text:
        try:
            for line in text:
                clean = visible(line) if encoding else line
                yield clean.removeprefix(mark) if mark else clean
                mark = ""
        except (UnicodeError, ValueError) as error:
            _explain(source, encoding, codec)
            raise DataError(f"{source.name} cannot be read as {codec} ({error}). Save the file as UTF-8.") from None


def _text(raw: BinaryIO, codec: str, newline: str, source: Source, encoding: str | None) -> io.TextIOWrapper:
    try:
        codecs.lookup(codec).incrementaldecoder("strict")
        return io.TextIOWrapper(raw, codec, newline=newline)
    except (LookupError, TypeError, ValueError):
        # A codec of bytes, or one that knows whole texts only: the sentence says so, or the text is decoded whole.
        return io.TextIOWrapper(io.BytesIO(decode(source.name, source.whole(), encoding).encode("utf-8")), "utf-8",
                                newline=newline)


def _explain(source: Source, encoding: str | None, codec: str) -> None:
    """Finds the byte that does not fit, line by line where a line feed is one byte; raises where it is found."""
    if codec.lower() not in _SINGLE_BYTES:
        decode(source.name, source.whole(), encoding)
        return
    with source.open() as file:
        for number, line in enumerate(file, 1):
            decode(source.name, line, encoding or codec, number)

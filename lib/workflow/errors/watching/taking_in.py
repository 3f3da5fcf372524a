"""What is new in a watched folder, file or source becomes traces: each file is understood as the first one was."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lib.readers import Mapping, Table
from lib.readers.files import growing
from lib.readers.files.growing import Part
from lib.readers.options import from_options
from lib.readers.report import Report
from lib.readers.sampling import Sample
from lib.readers.table import LabelColumns, VerdictColumns
from lib.records import DONE, DataError, PlumblineError, UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset.imports import ImportResult
from lib.store.errors.watching import watches
from lib.store.errors.watching.watches import RECEIVED, Known, Watch
from lib.workflow.dataset import exchange, reading
from lib.workflow.dataset.sources import pulling
from lib.workflow.dataset.sources.pulling import PULLS


@dataclass(frozen=True)
class Taken:
    """What came of one file: what was added and left out, or why it was refused; `said` is what is to be known."""

    file: str
    said: str = ""
    refused: str = ""
    before: bool = False  # refused by an earlier reading, and not changed since
    result: ImportResult | None = None
    report: Report | None = None

    @property
    def text(self) -> str:
        """In a sentence."""
        parts = [f"{self.file} {self.said}" if self.said else ""]
        if self.refused:
            parts.append(f"{self.file} {'is still' if self.before else 'was'} not read: {self.refused}")
        if self.result:
            parts.append(f"{self.file}: {counted(self.result.traces, 'new trace')}, "
                         f"{self.result.identical:,} already stored"
                         + (f", {counted(self.result.labels, 'label')}" if self.result.labels else ""))
        return ". ".join(part.rstrip(".") for part in parts if part) + "."


def take_in(store: Store, watch: Watch) -> list[Taken]:
    """Reads what is new in every file of a watch; a file that is refused is tried again once it changes."""
    if watch.place == RECEIVED:
        return []  # the server stores them as they come
    if watch.source:
        return [_pulled(store, watch.source)]
    place = Path(watch.place)
    if not place.exists():
        return [Taken(watch.place, refused="there is no such file or folder. Put it back, or remove the watch")]
    known, found = watches.files(store, watch.key), []
    for path in growing.files(place):
        name = path.relative_to(place).as_posix() if place.is_dir() else path.name
        found += _file(store, watch, path, name, known.get(name, Known()))
    return found


def _pulled(store: Store, name: str) -> Taken:
    """What is new at a source, from where an earlier pull broke off."""
    try:
        going = pulling.broken_off(store, name)
        begun = PULLS.ready_to_resume(store, going.id) if going else pulling.begin(store, name)
        pull = pulling.execute(store, begun.id)
    except PlumblineError as error:
        return Taken(f"source {name}", refused=str(error))
    left = "; ".join(f"{n:,} {why}" for why, n in pull.left_out.items())
    refused = "" if pull.status == DONE else pull.message or f"pull {pull.id} is {pull.status}"
    return Taken(f"source {name}", f"leaves out: {left}" if left else "", refused,
                 result=ImportResult(traces=pull.traces, identical=pull.identical, labels=pull.labels))


def _file(store: Store, watch: Watch, path: Path, name: str, known: Known) -> list[Taken]:
    place = Path(watch.place)
    try:
        if growing.unchanged(path, known.mark):
            return [Taken(name, refused=known.refused, before=True)] if known.refused else []
        now = growing.seen(path, known.mark)
        parts = _parts(path, known, beside=None if place.is_dir() else path.parent)
        return [one for part in parts if (one := _one(store, watches.get(store, watch.name), name, part, known))]
    except OSError as error:
        return [Taken(name, refused=f"it cannot be opened ({error.strerror})")]
    except (DataError, UsageError) as error:
        watches.keep_file(store, watch.key, name, replace(known, mark=now, refused=str(error)))
        return [Taken(name, refused=str(error))]


def _parts(path: Path, known: Known, beside: Path | None) -> Iterator[Part]:
    """What is new: of a rotated file first what was written to it between the last reading and the rotation."""
    new = growing.part(path, known.mark, known.format)
    old = growing.rest(beside, path.name, known.mark) if new.said and beside else None
    if old is not None:
        # Its name goes on behind the ending: it is still a file of lines.
        left = growing.part(old, known.mark, known.format, path.suffix)
        yield replace(left, mark=known.mark, said=f"was rotated to {old.name}, which is read to its end first")
        new = replace(new, said="")
    yield new


def _one(store: Store, watch: Watch, name: str, part: Part, known: Known) -> Taken | None:
    if part.empty:
        watches.keep_file(store, watch.key, name, Known(part.mark, known.format))
        return Taken(name, part.said) if part.said else None
    with tempfile.TemporaryDirectory() as folder:
        table = exchange.read_file(_called(name, part), part.copy(Path(folder) / f"part{part.suffix}"))
        found = reading.read(store, table, _mapping(store, watch, table))
        report = reading.report_of(store, found)
        _, result = reading.keep(store.by(None, watch.signature), found)
    watches.keep_file(store, watch.key, name, Known(part.mark, table.format))
    return Taken(table.name, part.said, result=result, report=report)


def _called(name: str, part: Part) -> str:
    return f"{name} from byte {part.start:,}" if part.start else name


def _mapping(store: Store, watch: Watch, table: Table) -> Mapping:
    """As the first file of this format was understood; what cannot be read of a row leaves that row out."""
    if table.format in watch.mappings:
        return mapping_of(watch.mappings[table.format])
    chosen = watch.settings.options
    found = from_options(table, chosen.get("map", ()), chosen.get("context", ()), chosen.get("dimension", ()))
    found = replace(found, skip_bad_rows=True)
    watches.keep_mapping(store, watch.key, table.format, found.to_json())
    return found


def mapping_of(stored: dict[str, Any]) -> Mapping:
    """A mapping as `Mapping.to_json` wrote it."""
    found = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    return Mapping(**found | {
        "labels": tuple(LabelColumns(**one) for one in found["labels"]),
        "verdicts": tuple(VerdictColumns(**one) for one in found["verdicts"]),
        "sample": Sample(**found["sample"]) if found["sample"] else None})


def understood(place: Path, options: dict[str, Any]) -> tuple[str, str] | None:
    """(format, mapping as JSON) of the first file there is; None where there is none yet. Refused as an import is."""
    first = next((path for path in growing.files(place) if path.is_file() and path.stat().st_size), None)
    if first is None:
        return None
    table = exchange.read_file(first.name, first)
    found = from_options(table, options.get("map", ()), options.get("context", ()), options.get("dimension", ()))
    return table.format, json.dumps(json.loads(replace(found, skip_bad_rows=True).to_json()))

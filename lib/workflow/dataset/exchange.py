"""Step 2: from files and examples to traces in the store, and out again."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lib import readers, writers
from lib.readers.mapping import Mapping
from lib.records import DataError, UsageError
from lib.records.places import ROOT
from lib.store import Store, projects
from lib.store.dataset import tables
from lib.store.dataset.imports import ImportResult
from lib.store.errors import cause_tables
from lib.workflow.dataset import reading
from lib.workflow.judge import judging

TO_TRY = 12  # traces of an example that nobody has labelled yet
EXAMPLES_FOLDER = ROOT / "data" / "examples"


@dataclass(frozen=True)
class ExampleProject:
    """An example that travels with Plumbline, with its licence card."""

    name: str
    title: str
    text: str
    question: str
    expert: str

    @property
    def file(self) -> Path:
        """The traces."""
        return EXAMPLES_FOLDER / f"{self.name}.jsonl"

    @property
    def card(self) -> Path:
        """Where they come from, and on what terms."""
        return EXAMPLES_FOLDER / f"{self.name}.md"


EXAMPLES = {example.name: example for example in (
    ExampleProject(
        "tofueval_meetings", "Council meeting summaries",
        "884 summaries of council meetings by six assistants; linguists judged each and explained every fail.",
        "Did the AI summarise what was said on the topic, without adding or twisting a fact?", "linguists"),
    ExampleProject(
        "nq301_llm_judges", "Answers to search questions",
        "1,490 answers to real questions, two annotators and an adjudicated label, "
        "with the recorded verdicts of three judges.",
        "Did the AI answer the question correctly?", "adjudicated"),
)}


def start_project(store: Store, name: str, question: str = projects.DEFAULT_QUESTION, new: bool = False) -> Store:
    """A project with its first judge, ready for its traces; an existing one of this name is opened.

    With `new` it has to be one that is not there yet: UsageError else.
    """
    program = store.program("projects")  # its first judge comes with it, whoever may start one
    with store.transaction():
        opened = (projects.create_new if new else projects.create)(program, name, question)
        judging.ensure_judge(opened)
    return store.of(opened.project)


def open_example(store: Store, name: str, to_try: int = TO_TRY) -> Store:
    """The handle on an example project; its traces are imported where they are not there yet.

    So many traces come without their labels: the desk can be tried on them. Its expert is principal, whoever opens it.
    """
    if name not in EXAMPLES:
        raise UsageError(f"There is no example '{name}'. Examples: {', '.join(EXAMPLES)}.")
    example = EXAMPLES[name]
    table = read_file(example.file.name, example.file)
    read = reading.read(store, table, _principal_first(readers.guess(table), example.expert),
                        unlabelled=_spread(example, to_try))
    made = reading.keep(store.by(None, store.signature), read,
                        lambda store: projects.create(store, example.title, example.question))[0]
    return store.of(made.project)


def _spread(example: ExampleProject, number: int) -> frozenset[str]:
    """Ids of so many traces, evenly over the file: neighbours in it share their question."""
    ids = [json.loads(line)["id"] for line in example.file.read_text().splitlines()] if number else []
    return frozenset(ids[len(ids) * (2 * place + 1) // (2 * number)] for place in range(number))


def _principal_first(mapping: Mapping, expert: str) -> Mapping:
    """The guess names the first label column "human"; an example knows who that was."""
    return mapping.with_expert("human", expert)


def read_file(name: str, data: bytes | Path, encoding: str | None = None, format: str | None = None,
              sheet: str | None = None, beside: Sequence[tuple[str, bytes | Path]] = ()) -> readers.Table:
    """The rows of a file, read by its content or as named; DataError names file, line, column and cure.

    `beside` are further files that belong to it: log records to spans.
    """
    return readers.read_table(name, data, encoding, format, sheet, beside)


def import_table(store: Store, table: readers.Table, mapping: Mapping) -> ImportResult:
    """Stores a read file through a mapping, all or nothing, and gives the project its first judge."""
    return reading.keep(store, reading.read(store, table, mapping))[1]


@dataclass(frozen=True)
class Kind:
    """A table that goes out whole: its rows, what it holds in a line, and whether an import takes it back."""

    rows: Callable[[Store], tables.Export]
    text: str
    back: bool = False


EXPORTS = {
    "traces": Kind(tables.traces, "Every trace, with context, messages, dimensions and split", back=True),
    "inputs": Kind(tables.inputs, "Traces without an output, to be filled in", back=True),
    "labels": Kind(tables.labels, "Every label ever given, and which of them count", back=True),
    "feedback": Kind(tables.of_users, "Everything that users of the product said of traces"),
    "verdicts": Kind(tables.verdicts, "Every verdict and error of every run, on test traces too"),
    "queue": Kind(tables.queue, "Traces that wait for a review, to be filled in", back=True),
    "notes": Kind(cause_tables.notes, "Every note ever written, with the failure modes it stands behind"),
    "codes": Kind(cause_tables.codes, "Each coded trace, with its failure modes", back=True),
    "modes": Kind(cause_tables.modes, "Every failure mode, with what was decided on it"),
    "history": Kind(cause_tables.history, "What became of failure modes: confirmed, merged, split, decided"),
    "assertions": Kind(cause_tables.assertions, "Every assertion, with its settings"),
    "checks": Kind(cause_tables.checks, "What each assertion said of each trace, and whether that still counts"),
}


def export(store: Store, what: str, ending: str) -> bytes:
    """A whole table of the project as a file; where its kind says so, importing it again restores the originals."""
    return b"".join(_lines(store, what, ending))


def _lines(store: Store, what: str, ending: str) -> Iterator[bytes]:
    if what not in EXPORTS:
        raise UsageError(f"There is no export '{what}'. Exports: {', '.join(EXPORTS)}.")
    if ending not in writers.WRITERS:
        raise UsageError(f"Files ending in .{ending} cannot be written. Endings: {', '.join(writers.WRITERS)}.")
    columns, found = EXPORTS[what].rows(store)
    return writers.lines(ending, found, columns)


def export_file(store: Store, what: str, file: Path) -> None:
    """The same, written to a file whose ending names the format; DataError where it cannot be written."""
    write(file, _lines(store, what, file.suffix.lstrip(".").lower()))


def write(file: Path, data: Iterable[bytes]) -> None:
    """Writes a file, piece by piece, and the folders above it; DataError where that is refused.

    What was in the file stays until all is written.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            out.writelines(data)
        part.replace(file)
    except OSError as error:
        raise DataError(f"{file} cannot be written ({error.strerror}): name another file.") from None
    finally:
        with suppress(OSError):
            part.unlink()

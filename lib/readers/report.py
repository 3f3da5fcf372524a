"""What a reading of a file took, and what it did not: nothing of a file goes missing without a word.

Counts and names, each with its reason; what is stored already is the store's to add. Knows no screen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lib.readers import user_feedback
from lib.readers.guess import looks_judged, mostly_outcomes, parents, says_who
from lib.readers.mapping import Mapping, Skipped, resolved
from lib.readers.outcomes import parse_outcome, text_of
from lib.readers.profile import Column
from lib.readers.table import Table, Unread
from lib.records.sheets import OURS
from lib.records.words import counted

MOST_LISTED = 500  # of what is left out and what is not read, this many are named and the rest counted
_WORDS = 12


@dataclass(frozen=True)
class Word:
    """A word of an outcome column, and how it is understood."""

    column: str
    word: str
    understood: str
    times: int


@dataclass(frozen=True)
class NotTaken:
    """A column that looks like labels or verdicts and is read as neither, with the first cell that stopped it."""

    column: str
    cells: int
    word: str = ""
    place: str = ""

    def __str__(self) -> str:
        """In a sentence."""
        if not self.word:
            return f"column '{self.column}' looks like labels or verdicts and is not read: say whose they are."
        return f"column '{self.column}' looks like labels and is not read: '{self.word[:60]}' in {self.place}."


@dataclass(frozen=True)
class Counts:
    """How many of what; None where nothing is known of the store."""

    traces: int = 0
    whole: int = 0  # traces in the file, of which a sample may take a part
    repeated: int = 0  # rows that stand in the file more than once
    labels: int = 0
    critiques: int = 0  # of the labels
    verdicts: int = 0
    error_verdicts: int = 0
    feedback: int = 0  # things that users said
    new: int | None = None
    stored: int | None = None
    unanswered: dict[str, int] = field(default_factory=dict)  # why a trace has no output -> how many


@dataclass(frozen=True)
class Report:
    """Everything a reading says: drawn by the page, printed by the command line, one object with --json."""

    file: str
    format: str
    counts: Counts
    words: tuple[Word, ...]
    unread: tuple[Unread, ...]  # what of the file was not read
    not_taken: tuple[NotTaken, ...]
    unsaid: tuple[str, ...]  # label columns of which the file does not say whether a person or a machine spoke
    skipped: tuple[Skipped, ...]  # left out on request, the first ones
    skipped_count: int
    notes: tuple[str, ...]
    first: tuple[dict[str, str], ...] = field(repr=False)
    from_messages: int = 0  # rows without an input, which is taken from their messages
    returned: str = ""  # of a file of ours that came back: what it would bring

    @property
    def of_messages(self) -> str:
        """How many rows took their input from their messages, in a sentence; nothing where none did."""
        if not self.from_messages:
            return ""
        return (f"{counted(self.from_messages, 'row has', 'rows have')} no input: it is taken from the messages "
                "there.")

    @property
    def unanswered(self) -> tuple[Unread, ...]:
        """Traces without an output, by the reason."""
        return tuple(Unread("traces without an output", n, why) for why, n in self.counts.unanswered.items())


def of_reading(table: Table, mapping: Mapping, counts: Counts, first: tuple[dict[str, str], ...] = (),
               skipped: tuple[Skipped, ...] = (), skipped_count: int = 0) -> Report:
    """The one place that gathers what the preview, a dry run and the result of an import say."""
    return Report(
        table.name, table.format, counts, _words(table, mapping), _unread(table, mapping), _not_taken(table, mapping),
        tuple(label.outcome for label in mapping.labels if not says_who(table, label)), skipped, skipped_count,
        table.notes, first, _from_messages(table, mapping))


def _from_messages(table: Table, mapping: Mapping) -> int:
    if not mapping.input or not mapping.messages or table.profile.of(mapping.input).filled == table.profile.rows:
        return 0
    return sum(not text_of(resolved(row, mapping.input)).strip() and bool(resolved(row, mapping.messages))
               for row in table.rows)


def unanswered_why(mapping: Mapping, conversation: bool) -> str:
    """Why a trace has no output."""
    if mapping.output:
        return f"column '{mapping.output}' is empty there"
    return "the conversation ends without an answer" if conversation else "no column is read as the output"


def _words(table: Table, mapping: Mapping) -> tuple[Word, ...]:
    found = []
    odd = {label.outcome: "left out" if mapping.skip_bad_rows else "neither: it stops the import"
           for label in mapping.labels}
    for column in [judged.outcome for judged in (*mapping.labels, *mapping.verdicts)]:
        seen = table.profile.of(column)
        words = {**{word: n for word, (n, _) in seen.odd.items()}, **{word: n for word, (n, _) in seen.words.items()}}
        words[""] = table.profile.rows - seen.filled
        common = sorted(words.items(), key=lambda item: -item[1])[:_WORDS]
        found += [Word(column, word, _understood(word, mapping.threshold, odd.get(column, "error")), n)
                  for word, n in common if n]
    return (*found, *_thumbs(table, mapping))


def _thumbs(table: Table, mapping: Mapping) -> Iterator[Word]:
    """The words of users, of which those that are no thumb are remarks."""
    for columns in mapping.feedback:
        seen = table.profile.of(columns.value or "")
        words = {**{word: n for word, (n, _) in seen.odd.items()}, **{word: n for word, (n, _) in seen.words.items()}}
        for word, n in sorted(words.items(), key=lambda item: -item[1])[:_WORDS] if seen.known else ():
            yield Word(columns.value, word, user_feedback.meaning(word, table, columns, mapping.threshold), n)


def _understood(word: str, threshold: float | None, odd: str) -> str:
    try:
        return parse_outcome(word, threshold) or "no outcome"
    except ValueError:
        return odd


def _unread(table: Table, mapping: Mapping) -> tuple[Unread, ...]:
    """What the reader left out, and every column that no choice of the mapping uses; of a whole object one line."""
    used = set(mapping.columns())
    inside = {parent for column in used for parent in parents(column)}
    known = set(table.columns)
    found = []
    for column in table.columns:
        above = list(parents(column))
        passed = column == OURS or column in used or column in inside or any(parent in used for parent in above)
        listed = any(parent in known and parent not in inside for parent in above)
        if not passed and not listed and (n := table.profile.of(column).filled):
            found.append(Unread(f"column '{column}'", n))
    return (*table.unread, *found)


def _not_taken(table: Table, mapping: Mapping) -> tuple[NotTaken, ...]:
    used = set(mapping.columns())
    return tuple(_stopped(table, column, table.profile.of(column)) for column in table.columns
                 if column not in used and _looks_judged(table, column))


def _looks_judged(table: Table, column: str) -> bool:
    found = table.profile.of(column)
    if not found.filled or found.nested:
        return False
    words = {word.lower() for word in found.words} - {"0", "1"}
    return looks_judged(column) or (not found.many and bool(words) and not found.odd and not found.numbers
                                    and mostly_outcomes(table, column))


def _stopped(table: Table, column: str, found: Column) -> NotTaken:
    word, (_, line) = next(iter(found.odd.items()), ("", (0, 0)))
    return NotTaken(column, found.filled, word, table.place(line) if word else "")

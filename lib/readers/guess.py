"""Guesses which column means what, from names and values; every guess can be edited."""

import re
from collections.abc import Callable, Iterable, Iterator

from lib.readers import user_feedback
from lib.readers.cells import names as names_in
from lib.readers.mapping import FIELDS, LabelColumns, Mapping, VerdictColumns
from lib.readers.table import Table
from lib.readers.tools import plumbline
from lib.records import SOURCES

# First match wins, so the more telling name comes first.
_NAMES = {
    "id": ("id", "trace_id", "traceid", "uuid", "key"),
    "input": ("input", "user_input", "question", "query", "prompt", "request"),
    "output": ("output", "ai_output", "answer", "response", "completion", "model_response", "reply"),
    "messages": ("messages", "conversation", "chat"),
    "system_version": ("system_version", "version", "app_version", "release"),
    "created_at": ("created_at", "timestamp", "time", "date", "created"),
    "session": ("session", "session_id", "conversation_id", "thread_id"),
    "steps": ("steps",),
}
_CONTEXT = re.compile(r"context|document|passage|reference|gold|retrieved|metadata|source_text", re.I)
_LABEL = re.compile(r"^(?:(?P<expert>.+?)_)?(?:label|outcome|judge?ment)$"
                    r"|^(?P<annotator>(?:annotator|reviewer|expert)_?\d+)$", re.I)
_VERDICT = re.compile(r"^judges?\.(?P<judge>.+)\.(?:verdict|outcome)$|^(?P<other>.+)_verdict$"
                      r"|^(?P<plain>judge)_outcome$")
# Whose label it is: with a machine's name it is a verdict, with a person's a label; of another the file says neither.
_MACHINE = re.compile(r"(?:^|[_\-. ])(?:llm|ai|model|judge|grader|auto(?:mati[cs]|mated)?|machine|bot|code|metric"
                      r"|evaluator|gpt|claude|gemini|llama|mistral|deepseek|qwen)(?:$|[_\-. \d])", re.I)
_PERSON = re.compile(r"(?:^|[_\-. ])(?:human|person|people|expert|annotator|reviewer|labell?er|adjudicated|manual)"
                     r"(?:$|[_\-. \d])", re.I)
_CRITIQUE = ("critique", "explanation", "comment", "note", "reason")
_EXPERT = ("expert", "annotator", "reviewer", "labeller", "labeler")
_DIMENSION = re.compile(r"^(feature|scenario|persona|topic_category|category|assistants?|meeting|task|language|channel"
                        r"|model|intent|product)$", re.I)
_QUEUE = {"id", "queue", "expert", "outcome", "critique"}
_MODES = ("failure_modes", "failure_mode", "error_types", "error_type", "failure_categories")
MOST_VALUES = 200
# A column that is called by none of the names above, "customer_question" or "botAnswer": the words within its name.
_ASKED = {"question", "query", "prompt", "input", "request", "message", "inquiry", "utterance"}
_ANSWERED = {"answer", "response", "output", "completion", "reply"}
_SPOKEN = {"text", "message", "turn", "utterance", "says", "said"}  # of somebody: "user_text", "bot_message"
_USER, _SYSTEM = {"user", "customer"}, {"bot", "chatbot", "assistant"}
# With one of these it is something about an input or an output, or another's.
_ABOUT = {"id", "ids", "type", "kind", "time", "date", "at", "count", "length", "len", "tokens", "token", "cost",
          "latency", "ms", "seconds", "language", "lang", "category", "version", "name", "url", "hash", "status",
          "system", "template", "expected", "reference", "gold", "golden", "ideal", "correct", "true", "target",
          "revised", "label", "outcome", "verdict", "critique", "judge", "reviewer", "expert", "annotator", "error",
          "index", "number", "no", "previous", "feedback", "rating", "follow"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def guess(table: Table) -> Mapping:
    """A whole mapping for a table; what cannot be guessed is left out."""
    if table.returns:
        return plumbline.returned(table)
    names = _Names(table)
    fields = {field: names.first(_NAMES[field]) for field in FIELDS}
    if fields["created_at"] and not _all_moments(table, fields["created_at"]):
        fields["created_at"] = None  # a column called "time" may hold seconds of latency
    labels, verdicts = table.labels or _labels(table, names), table.verdicts or _verdicts(table, names)
    if not fields["messages"]:
        for field, fits in (("input", _asks), ("output", _answers)):
            fields[field] = fields[field] or _the_one(table, fits)
    taken = {*fields.values(), *(name for found in (*labels, *verdicts) for name in (found.outcome, found.critique))}
    of_users = table.feedback or user_feedback.guessed(table, names.lower, taken)
    taken |= {column for found in of_users for column in (found.value, found.comment, found.who, found.at)}
    free = [column for column in table.columns
            if column not in taken and not column.startswith(("judges", "people"))]
    top = [column for column in free if not any(parent in names.known for parent in parents(column))]
    return Mapping(
        **fields, labels=labels, verdicts=verdicts, feedback=of_users, source_column=_source(table, names),
        assumptions=names.first(("assumptions",)),
        failure_modes=next((column for column in _MODES if column in free), None),
        context=tuple(column for column in top if _CONTEXT.search(column) and column not in table.dimensions),
        dimensions=tuple(column for column in top if column in table.dimensions
                         or (_DIMENSION.match(column) and _few(table, column))))


def _the_one(table: Table, fits: Callable[[set[str]], bool]) -> str | None:
    """The column of text whose name fits by its words; None where several do, for then none is more likely."""
    found = [column for column in table.columns if "." not in column and column not in table.dimensions
             and fits({word.lower() for word in _WORD.findall(column)})]
    if len(found) != 1:
        return None
    seen = table.profile.of(found[0])
    return found[0] if seen.filled and not seen.nested and not seen.numbers else None


def _asks(words: set[str]) -> bool:
    """Whether a column of these words is what was asked."""
    asked = words & _ASKED or (words & _USER and words & _SPOKEN)
    return bool(asked) and not words & (_ANSWERED | _SYSTEM | _ABOUT)


def _answers(words: set[str]) -> bool:
    """Whether a column of these words is what the AI system answered."""
    answered = words & _ANSWERED or (words & _SYSTEM and words & _SPOKEN)
    return bool(answered) and not words & (_USER | _ABOUT | (_ASKED - _SPOKEN))


def parents(column: str) -> Iterator[str]:
    """Every path above a dotted one, the shortest first."""
    for place, letter in enumerate(column):
        if letter == ".":
            yield column[:place]


def looks_judged(column: str) -> bool:
    """Whether a column is called as labels or verdicts are."""
    return bool(_LABEL.match(column) or _VERDICT.match(column) or column.lower() == "verdict")


def mostly_outcomes(table: Table, column: str) -> bool:
    """At least half of what stands in it is understood; a scale too: the refusal then asks for a threshold."""
    found = table.profile.of(column)
    return found.known and not found.nested and found.understood > 0 and found.understood >= found.odd_cells


def says_who(table: Table, label: LabelColumns) -> bool:
    """Whether the file itself says that a person gave these labels."""
    match = _LABEL.match(label.outcome)
    return bool(label.by or label in table.labels or set(table.columns) >= _QUEUE or match is None
                or match["annotator"] or _PERSON.search(match["expert"] or ""))


class _Names:
    """The columns of a table, to be looked up by name as often as needed."""

    def __init__(self, table: Table) -> None:
        self.known = set(table.columns)
        self.lower: dict[str, str] = {}
        for column in table.columns:
            self.lower.setdefault(column.lower().replace(" ", "_"), column)

    def first(self, words: Iterable[str]) -> str | None:
        """The column of the first of these names that there is."""
        return next((self.lower[word] for word in words if word in self.lower), None)


def _source(table: Table, names: _Names) -> str | None:
    column = names.first(("source",))
    found = table.profile.of(column or "")
    whole = found.filled == table.profile.rows and found.known
    return column if whole and {word.lower() for word in found.words} <= set(SOURCES) else None


def _labels(table: Table, names: _Names) -> tuple[LabelColumns, ...]:
    found, queue = [], names.known >= _QUEUE
    for column in table.columns:
        match = _LABEL.match(column)
        # In the file of a queue a wrong word must be refused, not passed over as no outcome at all.
        if not match or _MACHINE.search(match["expert"] or "") or not (queue or mostly_outcomes(table, column)):
            continue
        whose = match["annotator"] or match["expert"]
        # One outcome column for all: another column may name whose it is, as in our own export.
        by, revised = (None, None) if whose else (names.first(_EXPERT), names.first(("revised_response",)))
        found.append(LabelColumns(whose or "expert", column, _critique_beside(names, match["expert"]), by, revised))
    return tuple(found)


def _critique_beside(names: _Names, expert: str | None) -> str | None:
    return names.first(f"{expert}_{word}".lower().replace(" ", "_") if expert else word for word in _CRITIQUE)


def _verdicts(table: Table, names: _Names) -> tuple[VerdictColumns, ...]:
    found = []
    for column in table.columns:
        match, label = _VERDICT.match(column), _LABEL.match(column)
        if match:
            stem = re.sub(r"(?:verdict|outcome)$", "", column)
            critique = next((stem + word for word in _CRITIQUE if stem + word in names.known), None)
            more = [stem + word if stem + word in names.known else None for word in ("model", "error")]
            found.append(VerdictColumns(match["judge"] or match["other"] or match["plain"], column, critique, *more))
        elif label and label["expert"] and _MACHINE.search(label["expert"]) and mostly_outcomes(table, column):
            found.append(VerdictColumns(label["expert"], column, _critique_beside(names, label["expert"])))
    return tuple(found)


def _all_moments(table: Table, column: str) -> bool:
    found = table.profile.of(column)
    return bool(found.filled) and not found.nested and not found.no_times


def _few(table: Table, column: str) -> bool:
    found = table.profile.of(column)
    values = {name for word in found.words for name in names_in(word)}
    return found.known and 1 < len(values) <= min(MOST_VALUES, max(2, len(table.rows) * 2 // 3))

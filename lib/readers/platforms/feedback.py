"""What a tool's file says that people, judges and programs said of its traces, put into the cells of the traces.

A label is only ever a person's. Knows who may have said what; knows no tool, and declares no columns.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.readers import user_feedback
from lib.readers.cells import instant
from lib.readers.outcomes import as_number, text_of
from lib.readers.table import Row, Unread
from lib.readers.tools import judged
from lib.records import OUTCOMES, DataError
from lib.records.feedback import Feedback
from lib.records.people import same_person, tidied

PERSON, MACHINE, UNSURE = "person", "machine", "unsure"
DOUBT = "it came through the programming interface, a user's thumb as well as an evaluator's word"


@dataclass(frozen=True)
class Said:
    """One thing that was said of one trace: under which name, what, by whom, and when."""

    trace: str
    name: str
    value: Any
    source: str
    by: str = ""  # a person's name; of a machine the model
    critique: str = ""
    at: str = ""
    error: str = ""
    doubt: str = ""  # why a machine's word may be a person's after all


def attach(rows: Mapping[str, Row], said: Iterable[Said]) -> tuple[Unread, ...]:
    """Writes all that was said into the cells `people`, `judges` and, of users, `feedback`; returns what was not taken.

    A person's word that would be a label stays one, also where it is called as users' feedback is.
    """
    every = sorted(said, key=_when)
    here = [one for one in every if one.trace in rows]
    away = Unread("what was said of traces that this file does not hold", len(every) - len(here),
                  "put the export of the traces before it in one file")
    told = [one for one in here if _says(one)]
    rest, of_users = _split(rows, told)
    of = {source: [one for one in rest if one.source == source] for source in (PERSON, MACHINE, UNSURE)}
    unread = [*of_users, *_labels(rows, of[PERSON]), *_verdicts(rows, of[MACHINE]), *_unsure(rows, of[UNSURE]),
              Unread("entries without any value", len(here) - len(told)), away]
    return tuple(one for one in unread if one.count)


def _when(one: Said) -> float:
    """Times are written with more or fewer digits: as texts they have no order."""
    try:
        found = instant(one.at, "")
    except DataError:
        return 0  # the import says which one it cannot read
    return found.timestamp() if found else 0


def _says(one: Said) -> bool:
    return bool(text_of(one.value) or one.error or (one.source == PERSON and one.critique.strip()))


def _split(rows: Mapping[str, Row], said: list[Said]) -> tuple[list[Said], list[Unread]]:
    """(what people of the tool, judges and programs said, what is to be told of users' feedback, which is put away)."""
    chosen = _chosen([one for one in said if one.source == PERSON])
    scales = {one.name for one in said if _is_scale(one.value)}
    rest, also = [], 0
    for one in said:
        named = one.name not in scales and not one.error and user_feedback.is_called_so(one.name)
        # A machine that is known to be one is a judge, whatever it is called.
        if named and one.source == PERSON and one.name == chosen:
            also += 1
            user_feedback.put(rows[one.trace], user_feedback.LABELLED, _of_user(one))
        elif named and (one.source != MACHINE or one.doubt):
            user_feedback.put(rows[one.trace], user_feedback.TAKEN, _of_user(one))
            continue
        rest.append(one)
    told = Unread(f"entries '{chosen}' as users' feedback", also, "people of the tool gave them, so they are labels; "
                  f"where users gave them, --feedback {user_feedback.LABELLED}")
    return rest, [told] if also else []


def _of_user(one: Said) -> Feedback:
    try:
        value, words = user_feedback.value_of(one.value, one.name), ""
    except ValueError:
        value, words = None, text_of(one.value)
    remark = "\n".join(filter(None, (words, one.critique.strip())))
    return Feedback(one.name, value, remark, tidied(one.by), one.at or None)


def _chosen(said: list[Said]) -> str | None:
    """A label answers one question: of several names the one that says pass or fail most often."""
    scales = {one.name for one in said if _is_scale(one.value)}
    counts = Counter(one.name for one in said if one.name not in scales and _outcome(one))
    return max(counts, key=counts.__getitem__, default=None)


def _labels(rows: Mapping[str, Row], said: list[Said]) -> list[Unread]:
    scales, chosen = {one.name for one in said if _is_scale(one.value)}, _chosen(said)
    spelt: dict[str, str] = {}
    replaced, left = 0, {}
    for one in said:
        person = spelt.setdefault(same_person(one.by), tidied(one.by)) or judged.EXPERT
        taken = one.name == chosen and _outcome(one)
        name = person if taken else f"{person} ({one.name})"
        if not taken:
            left.setdefault(one.name, []).append((one, name))
        cell = judged.label(judged.outcome_of(one.value), one.critique, one.at or None)
        replaced += _put(rows[one.trace], "people", name, cell if taken else _aside(one))
    return [Unread("earlier labels of the same person on the same trace", replaced, "the newest counts"), *(
        Unread(f"entries '{name}' of people", len(found), _why_left(chosen, scales, name, found))
        for name, found in left.items())]


def _why_left(chosen: str | None, scales: set[str], name: str, found: list[tuple[Said, str]]) -> str:
    told = next(((one, column) for one, column in found if text_of(one.value)), None)
    if told is None:
        return "a remark alone is no label: a label says pass or fail"
    (one, column) = told
    remark = f":people.{column}.critique" if one.critique.strip() else ""
    take = f"--label '{tidied(one.by) or judged.EXPERT}=people.{column}.value{remark}'"
    if name in scales:
        return f"a scale, not pass and fail: to take it, {take} --threshold NUMBER"
    if _outcome(one):
        return f"the labels are '{chosen}'; to take these instead, {take}"
    return f"'{text_of(one.value)[:40]}' is neither pass nor fail"


def _verdicts(rows: Mapping[str, Row], said: list[Said]) -> list[Unread]:
    """A judge is named by what it was asked; where several models answered, by the model too."""
    models: dict[str, set[str]] = {}
    scales = {one.name for one in said if _is_scale(one.value)}
    for one in said:
        models.setdefault(one.name, set()).add(one.by)
    replaced, doubts = 0, Counter()
    for one in said:
        name = f"{one.name} ({one.by})" if len(models[one.name]) > 1 and one.by else one.name
        cell = judged.verdict(judged.outcome_of(one.value), one.critique, one.by, one.error)
        replaced += _put(rows[one.trace], "judges", name, cell)
        if one.doubt and one.name not in scales and _outcome(one):
            doubts[name, one.doubt] += 1
    return [Unread("earlier verdicts of the same judge on the same trace", replaced, "the newest counts"), *(
        Unread(f"who gave '{name}'", n, f"{why}: read as verdicts; where people gave it, "
               f"--label 'NAME=judges.{name}.verdict'") for (name, why), n in doubts.items())]


def _unsure(rows: Mapping[str, Row], said: list[Said]) -> list[Unread]:
    counts: Counter[str] = Counter()
    for one in said:
        counts[one.name] += 1
        _put(rows[one.trace], "judges", one.name, _aside(one))
    return [Unread(f"entries '{name}'", n, "the file does not say whether a person or a machine gave them: take them "
                   f"with --label 'NAME=judges.{name}.value' or --verdict '{name}=judges.{name}.value'")
            for name, n in counts.items()]


def _put(row: Row, kind: str, name: str, cell: dict[str, Any]) -> bool:
    """Whether something else of the same name had to go."""
    found = row.cells.setdefault(kind, {})
    there = name in found
    found[name] = cell
    return there


def _aside(one: Said) -> dict[str, Any]:
    if not text_of(one.value):
        return {"note": one.critique}
    made = {"value": one.value, "critique": one.critique}
    return {part: cell for part, cell in made.items() if cell not in (None, "")}


def _outcome(one: Said) -> bool:
    return judged.outcome_of(one.value) in OUTCOMES


def _is_scale(value: Any) -> bool:
    number = as_number(text_of(value))
    return number is not None and number not in (0, 1)

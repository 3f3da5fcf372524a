"""What Phoenix' annotations say: labels where a person gave them, users' feedback, verdicts of code and models.

Knows an annotation's fields, nested or flat; where none says who gave it, nothing is taken and the reading says so.
"""

from collections.abc import Iterable
from typing import Any

from lib.readers import user_feedback
from lib.readers.cells import text
from lib.readers.table import Row, Unread
from lib.readers.tools.judged import EXPERT, free, label, outcome_of, verdict
from lib.records import OUTCOMES

PERSON, MACHINES = "HUMAN", ("CODE", "LLM")
EVALUATOR_ERROR = "evaluator error"
_NOTE = "note"  # the name under which Phoenix keeps remarks without an outcome

Found = dict[str, Any]


def said(annotations: Iterable[Found]) -> dict[str, Found]:
    """The cells people, judges and, of users, feedback for one trace; a second annotation of one name gets a number.

    What a person gave is a label where it says pass or fail, also where it is called as users' feedback is.
    """
    people, judges, of_users = {}, {}, {}
    for found in annotations:
        result = {**found, **found["result"]} if isinstance(found.get("result"), dict) else found
        kind, name = text(found.get("annotator_kind")).upper(), text(found.get("name")) or "annotation"
        word, why = outcome_of(result.get("label"), result.get("score")), result.get("explanation")
        failed = text(result.get("error"))
        if kind not in MACHINES and user_feedback.is_called_so(name):
            place = user_feedback.LABELLED if kind == PERSON and word in OUTCOMES else user_feedback.TAKEN
            of_users.setdefault(place, []).append(_of_user(found, name, word, why))
            if place == user_feedback.TAKEN:
                continue
        if kind == PERSON:
            people[_who(found, name, people)] = label(word, why, found.get("created_at") or found.get("start_time"))
        elif kind in MACHINES:
            judges[free(name, judges)] = verdict(None if failed else word, failed or why,
                                                 error=EVALUATOR_ERROR if failed else "")
        elif name != _NOTE:
            judges[free(name, judges)] = {"value": word, "critique": text(why), "unsure": True}
    return {"people": {name: cells for name, cells in people.items() if cells}, "judges": judges, **of_users}


def _of_user(found: Found, name: str, word: Any, why: Any) -> Found:
    made = {"name": name, "value": word, "comment": text(why), "who": _who(found, "", {}, ""),
            "at": text(found.get("created_at") or found.get("start_time"))}
    return {part: said for part, said in made.items() if said not in (None, "")}


def _who(found: Found, name: str, taken: Found, nobody: str = EXPERT) -> str:
    """The person where the file names one; what a person said under a second name stands under both."""
    who = next((text(found[key]) for key in ("username", "email", "user_id") if text(found.get(key))), nobody)
    return who if who not in taken else free(f"{who} on {name}", taken)


def unsure(rows: list[Row]) -> list[Unread]:
    """Annotations of which the file does not say who gave them or in which part, each with what to choose."""
    counts: dict[str, int] = {}
    also = sum(len(row.cells.get(user_feedback.LABELLED, ())) for row in rows)
    told = [Unread("annotations called as users' feedback", also, "people of the tool gave them, so they are labels; "
                   f"where users gave them, --feedback {user_feedback.LABELLED}")] if also else []
    for row in rows:
        for name, cells in row.cells.get("judges", {}).items():
            if cells.pop("unsure", False):
                counts[name] = counts.get(name, 0) + 1
    return told + [Unread(f"annotation '{name}'", n, "the file does not say whether a person or a machine gave it "
                   f"(annotator_kind): for a person take '{name}=judges.{name}.value:judges.{name}.critique' as labels "
                   "(--label), for a machine as recorded verdicts (--verdict)") for name, n in counts.items()]

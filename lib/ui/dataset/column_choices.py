"""Which column of a file is what, on the screen: guessed, changed in a form, and with it what of the file is taken."""

from dataclasses import asdict, replace

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.readers import Table, guess
from lib.readers.guess import says_who
from lib.readers.mapping import FIELDS, FeedbackColumns, LabelColumns, Mapping, VerdictColumns
from lib.readers.sampling import Sample
from lib.records import SOURCES

_TITLES = {"id": "id", "input": "input", "output": "output", "messages": "messages (OpenAI chat format)",
           "system_version": "system version", "created_at": "time", "session": "session or conversation",
           "steps": "steps"}
_NONE = "(none)"
_PERSON, _MACHINE = "an expert: labels", "a judge or another machine: verdicts"


def chosen(table: Table, key: str, file_id: str, asked: DeltaGenerator) -> Mapping:
    """What each column means and which traces are drawn; what the file does not say itself is asked in that place."""
    mapping = _mapping(table, key, asked)
    return replace(mapping, sample=_sample(mapping, file_id), skip_bad_rows=_skip(key),
                   join_sessions=bool(mapping.session) and _join(key))


def skip_key(key: str) -> str:
    """Under which word of the session it stands whether what cannot be read is left out."""
    return f"{key}_skip"


def _join(key: str) -> bool:
    return st.toggle("Make one trace of each session", key=f"{key}_join", help=(
        "The conversation whole, in order of time. Labels and verdicts of its parts are left out and counted. "
        "Without this the traces stay apart, and are tied by their session."))


def _skip(key: str) -> bool:
    return st.toggle("Leave out what cannot be read", key=skip_key(key), help=(
        "A cell that is neither pass nor fail is left out of its trace, a row that is no trace is left out whole. "
        "Each is listed. Without this the first one stops the import."))


def _sample(mapping: Mapping, key: str) -> Sample | None:
    """All traces, or some of them by chance; the choice is stored with the import."""
    amount, seed, by, each = st.columns(4, vertical_alignment="bottom")
    n = amount.number_input("Sample", 1, value=None, placeholder="all traces", key=f"{key}_sample")
    if n is None:
        return None
    drawn = seed.number_input("Seed", value=0, key=f"{key}_seed", help="The same seed draws the same traces.")
    strata = by.selectbox("Stratified by", mapping.dimensions, index=None, placeholder="nothing", key=f"{key}_strata")
    return Sample(n, drawn, strata, bool(strata) and each.checkbox("so many of every value", key=f"{key}_each"))


def _mapping(table: Table, file_id: str, asked: DeltaGenerator) -> Mapping:
    guessed = guess(table)
    places = st.columns(3)
    fields = {field: _column(places[number % 3], _TITLES[field], table, getattr(guessed, field),
                             f"{file_id}_{field}") for number, field in enumerate(FIELDS)}
    context = _columns("Context: what the AI knew, and what helps to judge it", table, guessed.context,
                       f"{file_id}_context")
    dimensions = _columns("Dimensions: feature, scenario, persona, or your own", table, guessed.dimensions,
                          f"{file_id}_dimensions")
    modes, threshold, source = st.columns(3)
    failure_modes = _column(modes, "failure modes", table, guessed.failure_modes, f"{file_id}_modes")
    limit = threshold.number_input("threshold, only for a scale", value=None, key=f"{file_id}_threshold",
                                   help="A number at or above it is a pass, below it a fail. It is stored.")
    made = source.selectbox("source", SOURCES, key=f"{file_id}_source")
    with asked:
        labels, verdicts = _asked(table, guessed, file_id)
    guessed = replace(guessed, labels=labels, verdicts=verdicts)
    key = f"{file_id}_{len(labels)}_{len(verdicts)}"  # a changed answer starts the two small tables anew
    return replace(guessed, **fields, context=context, dimensions=dimensions, failure_modes=failure_modes,
                   threshold=limit, source=made, labels=_labels(table, guessed, key),
                   verdicts=_verdicts(table, guessed, key), feedback=_feedback(table, guessed, key))


def _asked(table: Table, guessed: Mapping, key: str) -> tuple[tuple[LabelColumns, ...], tuple[VerdictColumns, ...]]:
    """Where the file does not say who spoke, the person who imports it does."""
    labels, verdicts = [], list(guessed.verdicts)
    for label in guessed.labels:
        who = _PERSON if says_who(table, label) else st.radio(
            f"Who spoke in column '{label.outcome}'? The file does not say.", (_PERSON, _MACHINE), horizontal=True,
            key=f"{key}_who_{label.outcome}")
        if who == _PERSON:
            labels.append(label)
        else:
            verdicts.append(VerdictColumns("judge" if label.expert == "expert" else label.expert, label.outcome,
                                           label.critique))
    return tuple(labels), tuple(verdicts)


def _column(place, label: str, table: Table, guessed: str | None, key: str) -> str | None:
    options = [_NONE, *table.columns]
    found = place.selectbox(label, options, options.index(guessed or _NONE), key=key)
    return None if found == _NONE else found


def _columns(label: str, table: Table, guessed: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(st.multiselect(label, table.columns, list(guessed), key=key))


def _more(found: tuple, what: str, key: str) -> bool:
    """Whether the small table of labels or verdicts is shown: where the file has some, or on request."""
    return bool(found) or st.toggle(f"The file has {what} that were not recognised", key=f"{key}_more_{what}")


def _labels(table: Table, guessed: Mapping, key: str) -> tuple[LabelColumns, ...]:
    if not _more(guessed.labels, "labels", key):
        return ()
    edited = _judged("Labels: one row for each expert", "expert", table, [asdict(label) for label in guessed.labels],
                     f"{key}_labels", "by", "revised", "created_at", "mode")
    return tuple(LabelColumns(**{"expert": row.pop("name") or ""}, **row) for row in edited)


def _verdicts(table: Table, guessed: Mapping, key: str) -> tuple[VerdictColumns, ...]:
    if not _more(guessed.verdicts, "verdicts", key):
        return ()
    edited = _judged("Recorded verdicts: one row for each judge", "judge", table,
                     [asdict(found) for found in guessed.verdicts], f"{key}_verdicts", "model", "error")
    return tuple(VerdictColumns(**{"judge": row.pop("name")}, **row) for row in edited)


def _feedback(table: Table, guessed: Mapping, key: str) -> tuple[FeedbackColumns, ...]:
    """What users said; a column of words alone has no thumb."""
    if not _more(guessed.feedback, "users' feedback", key):
        return ()
    st.markdown("**Users' feedback: one row for each column of it. It is no label**")
    names = ("name", "value", "comment", "who", "at")
    edited = st.data_editor(
        pd.DataFrame([asdict(one) for one in guessed.feedback], columns=names, dtype="string"), num_rows="dynamic",
        key=f"{key}_feedback", hide_index=True,
        column_config={"name": st.column_config.TextColumn("name", width="medium"),
                       **{name: _pick(table, name) for name in names[1:]}})
    return tuple(FeedbackColumns(row["name"] or row["value"] or row["comment"], *(row[name] for name in names[1:]))
                 for row in _rows(edited) if row["value"] or row["comment"])


def _judged(title: str, who: str, table: Table, rows: list[dict], key: str, *more: str) -> list[dict]:
    """Rows of (who, outcome column, critique column): added, changed and deleted in a small table."""
    names = ("name", "outcome", "critique", *more)
    rows = [{"name" if name == who else name: cell for name, cell in row.items()} for row in rows]
    st.markdown(f"**{title}**")
    # Without its type an empty column counts as one of numbers, and the editor refuses to write names into it.
    edited = st.data_editor(
        pd.DataFrame(rows, columns=names, dtype="string"), num_rows="dynamic", key=key, hide_index=True,
        column_config={"name": st.column_config.TextColumn(who, width="medium"),
                       **{name: _pick(table, name) for name in names[1:]}})
    return [row for row in _rows(edited) if (row["name"] or row.get("by")) and row["outcome"]]


def _pick(table: Table, name: str):
    title = {"by": "expert's name in column", "revised": "revised response column", "created_at": "time column",
             "mode": "column of what the expert knew", "value": "thumb column", "who": "user column",
             "at": "time column", "error": "error column"}.get(name, f"{name} column")
    return st.column_config.SelectboxColumn(title, options=table.columns, width="medium")


def _rows(edited: pd.DataFrame) -> list[dict]:
    return edited.astype(object).where(edited.notna(), None).to_dict("records")

"""The import on the screen: a file, how its columns are understood, what would happen, and then it happens."""

from dataclasses import asdict, replace

import pandas as pd
import streamlit as st

from lib.readers import READERS, Table, guess
from lib.readers.guess import says_who
from lib.readers.mapping import FIELDS, LabelColumns, Mapping, VerdictColumns
from lib.readers.report import Report
from lib.readers.sampling import Sample
from lib.records import SOURCES
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset.returns import Returned
from lib.ui import at_work, frame, job_progress
from lib.ui.dataset import left_out
from lib.workflow import rights
from lib.workflow.dataset import exchange, naming, reading
from lib.workflow.dataset.reading import Reading

_TITLES = {"id": "id", "input": "input", "output": "output", "messages": "messages (OpenAI chat format)",
           "system_version": "system version", "created_at": "time", "session": "session or conversation",
           "steps": "steps"}
_FILES = ("A table (CSV, TSV, JSONL, JSON, Parquet, .xlsx, .ods), or the log or export of another tool; up to 200 MB. "
          "What is what is recognised and can be changed")
_SEVERAL = "Spans and their log records may be two files: choose both. Other files are imported one by one."
_NONE = "(none)"
_PERSON, _MACHINE = "an expert: labels", "a judge or another machine: verdicts"


def importer(store: Store) -> None:
    """The whole import, from upload to result."""
    if not at_work.may(store, "imports", "imports files"):
        return
    upload, options = st.columns([3, 1])
    files = upload.file_uploader(_FILES, accept_multiple_files=True, help=_SEVERAL)
    format = options.selectbox("Format", list(READERS), index=None, placeholder="as recognised",
                               format_func=lambda key: READERS[key].title)
    codec = options.selectbox("Encoding", ("utf-8", "latin-1", "cp1252", "utf-16"), index=None,
                               placeholder="as the file says", accept_new_options=True)
    if not files:
        _say_result(store)
        return
    file_id = "_".join(file.file_id for file in files)
    with frame.sentences():
        table = _table(file_id, files, codec, format, _sheet(options, files[0].name))
        _say_format(table)
        key = f"{file_id}_{table.format}"
        mapping = _chosen(table, key, file_id)
        found = _reading(store, table, mapping, (file_id, codec, format))
        said = reading.report_of(store, found)
        left_out.show(said)
        _show(said)
        _import(store, found, said)
    _say_result(store)


def _chosen(table: Table, key: str, file_id: str) -> Mapping:
    """What each column means and which traces are drawn; in a file of ours nothing is to be chosen."""
    if table.returns:
        return guess(table)
    mapping = _mapping(table, key)
    return replace(mapping, sample=_sample(mapping, file_id), skip_bad_rows=_skip(key),
                   join_sessions=bool(mapping.session) and _join(key))


def _sheet(place, name: str) -> str | None:
    """Of a workbook the sheet to read, where it is not the first with a table."""
    asked = name.lower().endswith((".xlsx", ".ods"))
    return place.text_input("Sheet", placeholder="the first with a table") or None if asked else None


def _reading(store: Store, table: Table, mapping: Mapping, key: tuple) -> Reading:
    """Read once for each choice of columns: a press of the button imports what was shown."""
    kept, whole = st.session_state.get("import_reading"), (key, store.path, mapping.to_json())
    if kept is None or kept[0] != whole or not kept[1].stage.path.exists():
        st.session_state["import_reading"] = None
        with job_progress.shown("Reading every row…") as told:
            st.session_state["import_reading"] = (whole, reading.read(store, table, mapping, told))
    return st.session_state["import_reading"][1]


def _join(key: str) -> bool:
    return st.toggle("Make one trace of each session", key=f"{key}_join", help=(
        "The conversation whole, in order of time. Labels and verdicts of its parts are left out and counted. "
        "Without this the traces stay apart, and are tied by their session."))


def _skip(key: str) -> bool:
    return st.toggle("Leave out what cannot be read", key=f"{key}_skip", help=(
        "A cell that is neither pass nor fail is left out of its trace, a row that is no trace is left out whole. "
        "Each is listed below. Without this the first one stops the import."))


def _import(store: Store, found: Reading, said: Report) -> None:
    verb = "Take in what was said of" if found.table.returns else "Import"
    if words := naming.before(store, found):
        st.caption(frame.plain(words))
    if st.button(f"{verb} {_traces(said.counts.traces)}", type="primary", icon=":material/download:"):
        with job_progress.shown("Importing…") as moved:
            if finished := reading.finish(store):
                # What is shown rests on a store that has just changed: it is shown anew before anything is added.
                for sentence in finished:
                    frame.say(sentence)
                st.rerun()
            told = naming.after(store, found)
            result = reading.keep(store, found, told=moved)[1]
            st.session_state["imported"] = result, said, told()
        st.rerun()


def _table(file_id: str, files: list, codec: str | None, format: str | None, sheet: str | None) -> Table:
    """Read once per upload: the last table is kept in the session."""
    key = (file_id, codec, format, sheet)
    if st.session_state.get("import_table", (None,))[0] != key:
        first, *beside = [(file.name, file.getvalue()) for file in files]
        st.session_state["import_table"] = (key, exchange.read_file(*first, codec, format, sheet, beside))
    return st.session_state["import_table"][1]


def _say_format(table: Table) -> None:
    """What the file was taken for, to be confirmed, and what such a reading leaves out."""
    read = READERS[table.format]
    st.markdown(f"**{read.title}**, known by {read.sign}")
    dropped = " ".join((read.drops, *(f"In this file, {note}" for note in table.notes))).strip()
    if dropped:
        st.caption(f":material/content_cut: Left out: {dropped}")


def _sample(mapping: Mapping, key: str) -> Sample | None:
    """All traces, or some of them by chance; the choice is stored with the import."""
    amount, seed, by, each = st.columns(4, vertical_alignment="bottom")
    n = amount.number_input("Sample", 1, value=None, placeholder="all traces", key=f"{key}_sample")
    if n is None:
        return None
    drawn = seed.number_input("Seed", value=0, key=f"{key}_seed", help="The same seed draws the same traces.")
    strata = by.selectbox("Stratified by", mapping.dimensions, index=None, placeholder="nothing", key=f"{key}_strata")
    return Sample(n, drawn, strata, bool(strata) and each.checkbox("so many of every value", key=f"{key}_each"))


def _mapping(table: Table, file_id: str) -> Mapping:
    guessed = guess(table)
    with st.container(border=True):
        st.markdown("**Which column is what**")
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
    labels, verdicts = _asked(table, guessed, file_id)
    guessed = replace(guessed, labels=labels, verdicts=verdicts)
    key = f"{file_id}_{len(labels)}_{len(verdicts)}"  # a changed answer starts the two small tables anew
    return replace(guessed, **fields, context=context, dimensions=dimensions, failure_modes=failure_modes,
                   threshold=limit, source=made, labels=_labels(table, guessed, key),
                   verdicts=_verdicts(table, guessed, key))


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


def _labels(table: Table, guessed: Mapping, key: str) -> tuple[LabelColumns, ...]:
    edited = _judged("Labels: one row for each expert", "expert", table, [asdict(label) for label in guessed.labels],
                     f"{key}_labels", "by", "revised", "created_at", "mode")
    return tuple(LabelColumns(**{"expert": row.pop("name") or ""}, **row) for row in edited)


def _verdicts(table: Table, guessed: Mapping, key: str) -> tuple[VerdictColumns, ...]:
    edited = _judged("Recorded verdicts: one row for each judge", "judge", table,
                     [asdict(found) for found in guessed.verdicts], f"{key}_verdicts", "model", "error")
    return tuple(VerdictColumns(**{"judge": row.pop("name")}, **row) for row in edited)


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
             "mode": "column of what the expert knew", "error": "error column"}.get(name, f"{name} column")
    return st.column_config.SelectboxColumn(title, options=table.columns, width="medium")


def _rows(edited: pd.DataFrame) -> list[dict]:
    return edited.astype(object).where(edited.notna(), None).to_dict("records")


def _show(said: Report) -> None:
    st.markdown("**What would be stored**")
    counts = said.counts
    if said.returned:
        st.caption(said.returned)
    st.caption(f"{counts.traces:,} of {counts.whole:,} traces ({counts.repeated:,} rows repeat one), "
               f"{counts.labels:,} labels, {counts.verdicts:,} verdicts, {counts.error_verdicts:,} of them errors.")
    if counts.new is not None:
        st.caption(f"New: {_traces(counts.new)}. Stored already: {_traces(counts.stored)}.")
    if said.words:
        st.dataframe({title: [getattr(word, field) for word in said.words] for field, title in (
            ("column", "column"), ("word", "word in the file"), ("understood", "understood as"), ("times", "times"))},
                     hide_index=True)
    st.dataframe(pd.DataFrame(said.first).fillna(""), hide_index=True)


def _traces(n: int) -> str:
    return f"{n:,} {'trace' if n == 1 else 'traces'}"


def _say_result(store: Store) -> None:
    result, said, named = st.session_state.get("imported", (None, None, ""))
    if result is not None:
        st.success(f"{result.traces:,} new traces, {result.answered:,} answered, {result.identical:,} already stored; "
                   f"{result.labels:,} labels, {result.verdicts:,} verdicts, {result.error_verdicts:,} of them errors; "
                   f"{result.failure_modes:,} failure modes.", icon=":material/check:")
        if result.waiting:
            frame.link("overview", f"{counted(result.waiting, 'label')} in the name of {rights.principal_words(store)} "
                       f"wait{'s' * (result.waiting == 1)} for that person's sign-off", ":material/hourglass_top:",
                       view="Sign-offs")
        if named:
            st.caption(frame.plain(named))
            frame.link("settings", "Experts", ":material/arrow_forward:", view="Experts")
        if result.contradicted:
            st.warning(f"{result.contradicted:,} rows were left out: meanwhile somebody stored other text under their "
                       "ids.", icon=":material/content_cut:")
        if isinstance(result, Returned):
            st.caption(str(result))
        left_out.summary(said)
        frame.link("review", "Review traces", ":material/arrow_forward:")

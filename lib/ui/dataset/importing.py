"""The import on the screen: a file, how its columns are understood, what would happen, and then it happens."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from lib.readers import READERS, Table, guess
from lib.readers.mapping import FIELDS, LabelColumns, Mapping, VerdictColumns
from lib.readers.preview import Preview, preview
from lib.readers.sampling import Sample
from lib.records import SOURCES
from lib.store import Store
from lib.store.dataset.imports import ImportResult
from lib.store.dataset.returns import Returned
from lib.ui import frame
from lib.workflow.dataset import exchange

_TITLES = {"id": "id", "input": "input", "output": "output", "messages": "messages (OpenAI chat format)",
           "system_version": "system version", "created_at": "time", "session": "session or conversation",
           "steps": "steps"}
_NONE = "(none)"


def importer(store: Store) -> None:
    """The whole import, from upload to result."""
    upload, options = st.columns([3, 1])
    file = upload.file_uploader("A table (CSV, TSV, JSONL, JSON, Parquet, .xlsx, .ods), or the log or export of "
                                "another tool; up to 200 MB. What is what is recognised and can be changed")
    format = options.selectbox("Format", list(READERS), index=None, placeholder="as recognised",
                               format_func=lambda key: READERS[key].title)
    codec = options.selectbox("Encoding", ("utf-8", "latin-1", "cp1252", "utf-16"), index=None,
                               placeholder="as the file says", accept_new_options=True)
    if file is None:
        _say_result()
        return
    with frame.sentences():
        table = _table(file.file_id, file.name, file, codec, format, _sheet(options, file.name))
        _say_format(table)
        mapping = _chosen(table, file.file_id)
        seen = preview(table, mapping)
        _show(seen)
        verb = "Take in what was said of" if table.returns else "Import"
        if st.button(f"{verb} {seen.traces:,} traces", type="primary", icon=":material/download:"):
            with st.spinner("Importing…"):
                st.session_state["imported"] = exchange.import_table(store, table, mapping)
            st.rerun()
    _say_result()


def _chosen(table: Table, file_id: str) -> Mapping:
    """What each column means and which traces are drawn; in a file of ours nothing is to be chosen."""
    if table.returns:
        return guess(table)
    mapping = _mapping(table, f"{file_id}_{table.format}")
    return replace(mapping, sample=_sample(mapping, file_id))


def _sheet(place, name: str) -> str | None:
    """Of a workbook the sheet to read, where it is not the first with a table."""
    asked = name.lower().endswith((".xlsx", ".ods"))
    return place.text_input("Sheet", placeholder="the first with a table") or None if asked else None


def _table(file_id: str, name: str, file, codec: str | None, format: str | None, sheet: str | None) -> Table:
    """Read once per upload: the last table is kept in the session."""
    key = (file_id, codec, format, sheet)
    if st.session_state.get("import_table", (None,))[0] != key:
        st.session_state["import_table"] = (key, exchange.read_file(name, file.getvalue(), codec, format, sheet))
    return st.session_state["import_table"][1]


def _say_format(table: Table) -> None:
    """What the file was taken for, to be confirmed, and what such a reading leaves out."""
    read = READERS[table.format]
    st.markdown(f"**{read.title}**, known by {read.sign}")
    left_out = " ".join((read.drops, *(f"In this file, {note}" for note in table.notes))).strip()
    if left_out:
        st.caption(f":material/content_cut: Left out: {left_out}")


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
    return replace(guessed, **fields, context=context, dimensions=dimensions, failure_modes=failure_modes,
                   threshold=limit, source=made, labels=_labels(table, guessed, file_id),
                   verdicts=_verdicts(table, guessed, file_id))


def _column(place, label: str, table: Table, guessed: str | None, key: str) -> str | None:
    options = [_NONE, *table.columns]
    found = place.selectbox(label, options, options.index(guessed or _NONE), key=key)
    return None if found == _NONE else found


def _columns(label: str, table: Table, guessed: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(st.multiselect(label, table.columns, list(guessed), key=key))


def _labels(table: Table, guessed: Mapping, key: str) -> tuple[LabelColumns, ...]:
    rows = [{"name": label.expert, "outcome": label.outcome, "critique": label.critique, "by": label.by,
             "revised": label.revised} for label in guessed.labels]
    edited = _judged("Labels: one row for each expert", "expert", table, rows, f"{key}_labels", "by", "revised")
    return tuple(LabelColumns(**{"expert": row.pop("name")}, **row) for row in edited)


def _verdicts(table: Table, guessed: Mapping, key: str) -> tuple[VerdictColumns, ...]:
    rows = [{"name": found.judge, "outcome": found.outcome, "critique": found.critique, "model": found.model}
            for found in guessed.verdicts]
    edited = _judged("Recorded verdicts: one row for each judge", "judge", table, rows, f"{key}_verdicts", "model")
    return tuple(VerdictColumns(**{"judge": row.pop("name")}, **row) for row in edited)


def _judged(title: str, who: str, table: Table, rows: list[dict], key: str, *more: str) -> list[dict]:
    """Rows of (who, outcome column, critique column): added, changed and deleted in a small table."""
    names = ("name", "outcome", "critique", *more)
    # Without its type an empty column counts as one of numbers, and the editor refuses to write names into it.
    edited = st.data_editor(
        pd.DataFrame(rows, columns=names, dtype="string"), num_rows="dynamic", key=key, hide_index=True,
        column_config={"name": st.column_config.TextColumn(f"{title}: {who}", width="medium"),
                       **{name: _pick(table, name) for name in names[1:]}})
    return [row for row in _rows(edited) if (row["name"] or row.get("by")) and row["outcome"]]


def _pick(table: Table, name: str):
    title = {"by": "expert's name in column", "revised": "revised response column"}.get(name, f"{name} column")
    return st.column_config.SelectboxColumn(title, options=table.columns, width="medium")


def _rows(edited: pd.DataFrame) -> list[dict]:
    return edited.astype(object).where(edited.notna(), None).to_dict("records")


def _show(seen: Preview) -> None:
    st.markdown("**What would be stored**")
    st.caption(f"{seen.traces:,} of {seen.whole:,} traces ({seen.repeated:,} rows repeat one), {seen.labels:,} labels, "
               f"{seen.verdicts:,} verdicts, {seen.error_verdicts:,} of them errors.")
    if seen.words:
        columns = zip(*seen.words, strict=True)
        st.dataframe(dict(zip(("column", "word in the file", "understood as", "times"), map(list, columns),
                              strict=True)), hide_index=True)
    st.dataframe(seen.first, hide_index=True)


def _say_result() -> None:
    result: ImportResult | None = st.session_state.get("imported")
    if result is not None:
        st.success(f"{result.traces:,} new traces, {result.answered:,} answered, {result.identical:,} already stored; "
                   f"{result.labels:,} labels, {result.verdicts:,} verdicts, {result.error_verdicts:,} of them errors; "
                   f"{result.failure_modes:,} failure modes.", icon=":material/check:")
        if isinstance(result, Returned):
            st.caption(str(result))
        frame.link("review", "Review traces", ":material/arrow_forward:")

"""The import on the screen: a file, what would happen in a sentence, the button; then what came of it in its place.

What is left out stands beside the button; which column is what is changed in a form below it.
"""

import pandas as pd
import streamlit as st

from lib.readers import READERS, Mapping, Table, guess
from lib.readers.report import Report
from lib.records import DataError, PlumblineError, UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset.returns import Returned
from lib.ui import at_work, frame, job_progress
from lib.ui.dataset import column_choices, left_out
from lib.ui.shell import focus
from lib.workflow.dataset import exchange, previewing, reading
from lib.workflow.dataset.previewing import Imported, Preview

_FILES = ("A table (CSV, TSV, JSONL, JSON, Parquet, .xlsx, .ods), or the log or export of another tool; up to 200 MB. "
          "Which column holds the input, the output and so on is recognised, and you can change it")
_SEVERAL = "Spans and their log records may be two files: choose both. Other files are imported one by one."
_ROUND = "import_round"  # in the session: how many files were imported; a new one begins an empty form


def importer(store: Store) -> None:
    """The whole import, from upload to result."""
    if not at_work.may(store, "imports", "imports files"):
        return
    if st.session_state.get("imported", (None,))[0] == (store.path, store.project):
        _result(st.session_state["imported"][1])
        return
    upload, options = st.columns([3, 1])
    files = upload.file_uploader(_FILES, accept_multiple_files=True, help=_SEVERAL,
                                 key=f"import_files_{st.session_state.get(_ROUND, 0)}")
    with options.popover("How it is read", icon=":material/tune:", width="stretch"):
        format = st.selectbox("Format", list(READERS), index=None, placeholder="as recognised",
                              format_func=lambda key: READERS[key].title)
        codec = st.selectbox("Encoding", ("utf-8", "latin-1", "cp1252", "utf-16"), index=None,
                             placeholder="as the file says", accept_new_options=True)
        sheet = _sheet(files[0].name) if files else None
    if files:
        with frame.sentences():
            file_id = "_".join(file.file_id for file in files)
            _file(store, file_id, _table(file_id, files, codec, format, sheet), (file_id, codec, format))


def _sheet(name: str) -> str | None:
    """Of a workbook the sheet to read, where it is not the first with a table."""
    asked = name.lower().endswith((".xlsx", ".ods"))
    return st.text_input("Sheet", placeholder="the first with a table") or None if asked else None


def _table(file_id: str, files: list, codec: str | None, format: str | None, sheet: str | None) -> Table:
    """Read once per upload: the last table is kept in the session."""
    key = (file_id, codec, format, sheet)
    if st.session_state.get("import_table", (None,))[0] != key:
        first, *beside = [(file.name, file.getvalue()) for file in files]
        st.session_state["import_table"] = (key, exchange.read_file(*first, codec, format, sheet, beside))
    return st.session_state["import_table"][1]


def _file(store: Store, file_id: str, table: Table, key: tuple) -> None:
    """What the file would bring and the button stand first; the form that decides it is below, and is read before."""
    first, own = st.container(), f"{file_id}_{table.format}"
    bad = f"{own}_bad"
    mapping = guess(table) if table.returns else _chosen(table, file_id, bad)
    with first:
        _say_format(table)
        try:
            shown = _preview(store, table, mapping, key)
        except (DataError, UsageError) as error:
            _lead(_refused(store, table, mapping, error, own), bad, f"{own} {error}")
            return
        _say(shown)
        _press(store, shown)
        left_out.folded(shown.said)
        _first_rows(shown.said)


def _lead(cure: str, bad: str, mark: str) -> None:
    """Opens the form, where most of what cures a refusal stands, and puts the focus on what does."""
    if bad not in st.session_state:
        st.session_state[bad] = True
        st.rerun()
    if cure:
        focus.on(cure, mark)


def _chosen(table: Table, file_id: str, bad: str) -> Mapping:
    """The form below the sentences; it stands open where what it holds is what is missing."""
    guessed, asked = guess(table), st.container()
    missing = not guessed.input and not guessed.messages
    opened = missing or bad in st.session_state
    with st.expander("Change what is read as what", icon=":material/edit:", expanded=opened,
                     key=f"import_change_{opened}"):
        return column_choices.chosen(table, f"{file_id}_{table.format}", file_id, asked)


def _preview(store: Store, table: Table, mapping: object, key: tuple) -> Preview:
    """Read once for each choice of columns: a press of the button imports what was shown."""
    kept, whole = st.session_state.get("import_reading"), (key, store.path, store.project, mapping.to_json())
    if kept is None or kept[0] != whole or not kept[1].stage.path.exists():
        st.session_state["import_reading"] = None
        with job_progress.shown("Reading every row…") as told:
            st.session_state["import_reading"] = (whole, reading.read(store, table, mapping, told))
    return previewing.look(store, st.session_state["import_reading"][1])


def _refused(store: Store, table: Table, mapping: Mapping, error: PlumblineError, key: str) -> str:
    """Why the file cannot be imported as it is, and the key of what cures it, "" where nothing here does.

    Where rows are at fault, that is the button which leaves them out.
    """
    st.error(frame.plain(error), icon=":material/error:")
    if error.choice:
        return f"{key}_{error.choice}"
    if isinstance(error, UsageError) or mapping.skip_bad_rows:
        return ""
    left = previewing.without_bad_rows(store, table, mapping)
    if left is None or not left.skipped_count or not left.counts.traces:
        return ""
    st.button(f"Leave out what cannot be read: {left.skipped_count:,}", icon=":material/content_cut:",
              key="import_leave_out", on_click=_leave_out, args=(key,))
    st.caption(f"{counted(left.counts.traces, 'trace')} can be imported then. What is left out, and why:")
    left_out.skipped(left)
    return "import_leave_out"


def _leave_out(key: str) -> None:
    st.session_state[column_choices.skip_key(key)] = True


def _say_format(table: Table) -> None:
    """What the file was taken for, to be confirmed, and what such a reading leaves out."""
    read = READERS[table.format]
    dropped = " ".join((read.drops, *(f"In this file, {note}" for note in table.notes))).strip()
    st.markdown(f"**{read.title}**, known by {read.sign}")
    if dropped:
        st.caption(f":material/content_cut: Left out: {dropped}")


def _say(shown: Preview) -> None:
    """What would be stored, and at once whatever is not."""
    said, counts = shown.said, shown.said.counts
    if said.returned:
        st.caption(frame.plain(said.returned))
    else:
        st.text(f"{_of_all(said)}; {shown.understood}.")
    left_out.warnings(said)
    with_words = f", {counts.critiques:,} with a critique" if counts.labels else ""
    more = [f"{counted(counts.labels, 'label')}{with_words}", counted(counts.verdicts, "verdict")
            + (f" ({counts.error_verdicts:,} of them errors)" if counts.error_verdicts else "")]
    if counts.feedback:
        more.append(counted(counts.feedback, "piece of users' feedback", "pieces of users' feedback"))
    stored = "" if counts.new is None else (f" New: {counted(counts.new, 'trace')}. Stored already: "
                                            f"{counted(counts.stored, 'trace')}.")
    st.caption(f"{', '.join(more[:-1])} and {more[-1]}.{stored}")
    if said.from_messages:
        st.caption(said.of_messages)
    if shown.whose:
        st.caption(frame.plain(shown.whose))


def _of_all(said: Report) -> str:
    counts = said.counts
    drawn = f"{counts.traces:,} of {counted(counts.whole, 'trace')}" if counts.traces != counts.whole else counted(
        counts.traces, "trace")
    twice = f" ({counted(counts.repeated, 'row repeats one', 'rows repeat one')})" if counts.repeated else ""
    return f"{drawn}{twice}"


def _press(store: Store, shown: Preview) -> None:
    verb = "Take in what was said of" if shown.reading.table.returns else "Import"
    if st.button(f"{verb} {counted(shown.said.counts.traces, 'trace')}", type="primary", key="import_do",
                 icon=":material/download:"):
        with job_progress.shown("Importing…") as moved:
            if finished := reading.finish(store):
                # What is shown rests on a store that has just changed: it is shown anew before anything is added.
                for sentence in finished:
                    frame.say(sentence)
                st.rerun()
            st.session_state["imported"] = ((store.path, store.project), previewing.keep(store, shown, moved)())
            for kept in ("import_reading", "import_table"):
                st.session_state.pop(kept, None)
        st.rerun()


def _first_rows(said: Report) -> None:
    with st.expander(f"The first {counted(len(said.first), 'trace')}, and how outcomes are understood" if said.words
                     else f"The first {counted(len(said.first), 'trace')}", icon=":material/table:",
                     expanded=bool(said.words)):
        if said.words:
            st.dataframe({title: [getattr(word, field) for word in said.words] for field, title in (
                ("column", "column"), ("word", "word in the file"), ("understood", "understood as"),
                ("times", "times"))}, hide_index=True)
        st.dataframe(pd.DataFrame(said.first).fillna(""), hide_index=True)


def _result(found: Imported) -> None:
    result = found.result
    st.success(frame.plain(" ".join(found.words)), icon=":material/check:")
    if result.waiting:
        frame.link("overview", f"{counted(result.waiting, 'label')} in the name of {found.principal} "
                   f"wait{'s' * (result.waiting == 1)} for that person's sign-off", ":material/hourglass_top:",
                   view="Sign-offs")
    if found.named:
        st.caption(frame.plain(found.named))
        frame.link("settings", "Experts", ":material/arrow_forward:", view="Experts")
    if result.contradicted:
        st.warning(f"{counted(result.contradicted, 'row was', 'rows were')} left out: meanwhile somebody stored other "
                   "text under their ids.", icon=":material/content_cut:")
    if isinstance(result, Returned):
        st.caption(str(result))
    left_out.summary(found.said)
    with st.container(horizontal=True):
        if st.button("Review them", type="primary", icon=":material/rate_review:", key="import_review"):
            _forget()
            frame.go("review")
        st.button("Import another file", icon=":material/upload_file:", key="import_again", on_click=_forget)


def _forget() -> None:
    """The next look at this view begins with an empty form."""
    st.session_state.pop("imported", None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1

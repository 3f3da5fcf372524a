"""The judge's prompt on the screen: kept as it is typed, with known mistakes and a preview."""

import streamlit as st

from lib.records import PromptVersion, UsageError
from lib.store import Store, judges, prompt_drafts, traces
from lib.store.prompt_drafts import Draft
from lib.ui import frame, prompt_examples
from lib.workflow import judging, versions


def editor(store: Store, judge: str) -> None:
    """Edits start from the version that was typed over last, else the newest; saving makes a new one."""
    found = {version.number: version for version in judges.prompts(store, judge)}
    if not found:
        st.caption("This judge's verdicts were recorded elsewhere, so it has no prompt and cannot be run here.")
        _new_judge(store)
        return
    number = frame.choose("Start from version", [str(number) for number in found], "version",
                          str(prompt_drafts.newest(store, judge)), lambda number: _title(found[int(number)]))
    start = found[int(number)]
    _begin(store, start)
    _draft_note(store, start)
    left, right = st.columns(2, gap="large")
    with left:
        st.text_area("Prompt", height=430, key=f"template_{start.key}", on_change=_keep, args=(store, start))
        known = "; ".join(f"`{{{{ {name} }}}}` {what}" for name, what in judging.PLACEHOLDERS.items())
        st.caption(f"Placeholders: {known}")
    with right:
        prompt_examples.chooser(store, start, lambda: _keep(store, start))
        st.text_input("What did you change, and why?", key=f"note_{start.key}", on_change=_keep, args=(store, start))
        if st.button("Save as a new version", type="primary", icon=":material/save:"):
            _save(store, start)
        _remarks(store, _typed(start))
        _preview(store, _typed(start))
    _new_judge(store)


def _title(version: PromptVersion) -> str:
    return f"{version.number}, {(version.created_at or '')[:10]}, {len(version.examples)} examples. {version.note}"


def _begin(store: Store, start: PromptVersion) -> None:
    """The fields hold what was typed over this version and not saved, else the version."""
    draft = versions.draft(store, start)
    for name, value in (("template", draft.template), ("examples", list(draft.examples)), ("note", draft.note)):
        st.session_state.setdefault(f"{name}_{start.key}", value)


def _typed(start: PromptVersion) -> Draft:
    template, examples, note = (st.session_state[f"{name}_{start.key}"] for name in ("template", "examples", "note"))
    return Draft(template, tuple(examples), note)


def _keep(store: Store, start: PromptVersion) -> None:
    versions.keep(store, start, _typed(start))


def _draft_note(store: Store, start: PromptVersion) -> None:
    if prompt_drafts.of_version(store, start.key) is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/edit_note: Changes to version {start.number} that are not saved yet. They are kept.",
                   width="stretch")
        st.button("Discard the draft", key="discard_draft", icon=":material/undo:", on_click=_discard,
                  args=(store, start), help="The fields hold the version again.")


def _discard(store: Store, start: PromptVersion) -> None:
    prompt_drafts.forget(store, start.key)
    _empty_fields(start)


def _empty_fields(start: PromptVersion) -> None:
    for name in ("template", "examples", "note"):
        st.session_state.pop(f"{name}_{start.key}", None)


def _save(store: Store, start: PromptVersion) -> None:
    with frame.sentences():
        made = versions.save(store, start, _typed(start))
        _empty_fields(start)
        frame.say(f"Saved as version {made.number}.")
        frame.go("judge", judge=made.judge, view="Prompt", version=str(made.number))


def _remarks(store: Store, typed: Draft) -> None:
    """Known mistakes, quietly: nothing here keeps anybody from saving."""
    found = versions.remarks(store, typed.template, list(typed.examples))
    for remark in found:
        st.caption(f":material/lightbulb: **{remark.name.capitalize()}.** {frame.plain(remark.text)}")


def _preview(store: Store, typed: Draft) -> None:
    first = traces.step(store, traces.Filter(answered=True), None)
    if first is None:
        return
    with st.expander("The prompt as the model gets it", icon=":material/visibility:"):
        wanted = st.text_input("Trace", first, key="preview_trace")
        with frame.sentences():
            messages = judging.preview_prompt(store, typed.template, list(typed.examples), wanted)
            st.caption(f"About {judging.estimate_tokens(messages):,} tokens: an estimate, four characters each.")
            for message in messages:
                st.code(message["content"], language=None, wrap_lines=True, height=400)


def _new_judge(store: Store) -> None:
    with st.expander("Another judge", icon=":material/add:"), st.form("new_judge", border=False):
        st.caption("One judge decides the desired outcome. A special judge, with one criterion of its own, is worth "
                   "it only for a failure mode that lasts.")
        name = st.text_input("Name")
        if st.form_submit_button("Add a judge"):
            with frame.sentences():
                _add(store, name)


def _add(store: Store, name: str) -> None:
    if name in judges.every(store):
        raise UsageError(f"There is a judge '{name}' already: give this one another name.")
    judging.save_prompt(store, name, judging.DEFAULT_TEMPLATE, [])
    frame.go("judge", judge=name, view="Prompt")

"""The judge's prompt on the screen: text, examples out of labels, preview, and every saved version."""

import streamlit as st

from lib.records import TRAIN, PromptVersion, UsageError
from lib.store import Store, experts, judges, labels, traces
from lib.ui import frame
from lib.workflow import judging


def editor(store: Store, judge: str) -> None:
    """Edits start from the newest version (or the one chosen); saving makes a new one."""
    versions = {version.number: version for version in judges.prompts(store, judge)}
    if not versions:
        st.caption("This judge's verdicts were recorded elsewhere, so it has no prompt and cannot be run here.")
        _new_judge(store)
        return
    number = frame.choose("Start from version", [str(number) for number in versions], "version",
                          words=lambda number: _title(versions[int(number)]))
    start = versions[int(number)]
    left, right = st.columns(2, gap="large")
    with left:
        template = st.text_area("Prompt", start.template, height=430, key=f"template_{start.key}")
        known = "; ".join(f"`{{{{ {name} }}}}` {what}" for name, what in judging.PLACEHOLDERS.items())
        st.caption(f"Placeholders: {known}")
    with right:
        chosen = _examples(store, start)
        note = st.text_input("What did you change, and why?", key=f"note_{start.key}")
        if st.button("Save as a new version", type="primary", icon=":material/save:"):
            with frame.sentences():
                saved = judging.save_prompt(store, judge, template, chosen, note=note)
                frame.say(f"Saved as version {saved.number}.")
                frame.go("judge", judge=judge, view="Prompt", version=str(saved.number))
        _preview(store, template, chosen)
    _new_judge(store)


def _title(version: PromptVersion) -> str:
    return f"{version.number}, {(version.created_at or '')[:10]}, {len(version.examples)} examples. {version.note}"


def _examples(store: Store, start: PromptVersion) -> list[int]:
    principal = experts.principal(store)
    found = labels.candidates(store, principal.name, TRAIN) if principal else []
    by_key = {row["label"]: row for row in found}
    # An example chosen earlier stays to be chosen, even where a newer label has taken its place.
    for example in start.examples:
        by_key.setdefault(example.label.key, {"outcome": example.label.outcome, "critique": example.label.critique})
    if not by_key:
        st.caption("No examples yet: they come from labels with a critique on traces of the train split.")
    return st.multiselect("Examples, in the order the judge reads them", list(by_key),
                          [example.label.key for example in start.examples], key=f"examples_{start.key}",
                          format_func=lambda key: f"{by_key[key]['outcome']}: {by_key[key]['critique'][:90]}",
                          help="Choose passes and fails, and different situations. A trace shown here never counts "
                               "in this version's agreement.")


def _preview(store: Store, template: str, chosen: list[int]) -> None:
    first = traces.step(store, traces.Filter(answered=True), None)
    if first is None:
        return
    with st.expander("The prompt as the model gets it", icon=":material/visibility:"):
        wanted = st.text_input("Trace", first, key="preview_trace")
        with frame.sentences():
            messages = judging.preview_prompt(store, template, chosen, wanted)
            st.caption(f"About {judging.estimate_tokens(messages):,} tokens.")
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

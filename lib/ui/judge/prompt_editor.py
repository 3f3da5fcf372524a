"""The judge's prompt on the screen: section by section, kept as it is typed, with known mistakes and a preview.

What is shown is the draft as it is stored, so that what another view puts into it is seen here too.
"""

import re
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.prompting import hints, sections
from lib.prompting.sections import Section
from lib.records import Decision, PromptVersion, StoreError, UsageError
from lib.records.decision import DECISION, KINDS, TEXT
from lib.records.words import counted
from lib.store import Store
from lib.store.judge import judges, prompt_drafts
from lib.store.judge.prompt_drafts import Draft
from lib.store.roles import RoleError
from lib.ui import at_work, frame
from lib.ui.judge import boxes, call_settings, disagreements, prompt_examples, rules, suggestions, trying
from lib.ui.judge.decisions import asked
from lib.ui.judge.strip import missing
from lib.workflow.judge import judging, kinds, versions
from lib.workflow.judge.views import editor as views
from lib.workflow.judge.views.editor import Edited, Known

_EXAMPLES = re.compile(r"\{\{\s*examples\s*\}\}")
_PANELS = (("suggestions", "Have a model draft it", ":material/draw:", suggestions.panel),
           ("rules", "Rules, and the critiques behind them", ":material/rule:", rules.rules_panel),
           ("notes", "Notes from disagreements", ":material/sticky_note_2:", disagreements.notes_panel))
_KINDS = {TEXT: "a critique, then an outcome", DECISION: "a probability of pass"}
_LONG = 4_000  # characters; a longer section scrolls inside a frame of its own


def editor(store: Store, judge: str) -> None:
    """Edits start from the version that was typed over last, else the newest; saving makes a new one."""
    boxes.heard(store)
    known = views.known(store, judge)
    if not known.versions:
        st.caption("This judge's verdicts were recorded elsewhere, so it has no prompt and cannot be run here.")
        _new_judge(store)
        return
    with st.container(key="prompt_start"):
        left, right = st.columns(2, gap="small")
    with left:
        start = _start(known)
    found = views.of(store, start, st.session_state.get(f"unkept_{start.key}"))
    if start.cascade:
        asked.cascade(start)
        _preview(store, start, found.typed)
    elif at_work.may(store, "prompt_drafts", "edits a prompt"):
        _fields(store, found, right)
        _new_judge(store)
    else:
        _preview(store, start, found.typed)


def _fields(store: Store, found: Edited, right: DeltaGenerator) -> None:
    start, typed = found.start, found.typed
    right.text_input("What did you change, and why?", key=_box("note", start, typed.note), on_change=boxes.heard,
                     args=(store,))
    _draft_note(store, found)
    _text(store, found)
    call_settings.fields(store, start, typed, _keep)
    if start.decision:
        asked.editor(start)
    _remarks(found)
    _preview(store, start, typed)
    _trial(store, start, typed)
    if start.decision:
        st.caption("Drafts by a model and rules out of critiques are for judges that write their verdicts.")
    else:
        _helpers(store, start)


def _start(known: Known) -> PromptVersion:
    """The version that edits start from: the one saved last here, the one in the address, else as `editor` says."""
    found, here = known.versions, boxes.here()
    _go_on(here, found)
    numbers = [str(number) for number in found]
    missing.note("version", numbers, here.choice)
    number = frame.choose("Start from version", numbers, "version", str(known.first),
                          lambda number: _title(found[int(number)]), here.choice)
    missing.say("version", "version", number)
    here.number = int(number)
    return found[here.number]


def _go_on(here: boxes.Boxes, found: dict[int, PromptVersion]) -> None:
    """To the version that was saved; what the browser sent before it heard of that still names the one before."""
    address = st.query_params.get("version", "")
    if here.wanted in found:
        here.left, here.choice = address, f"version_{here.wanted}"
        st.session_state[here.choice] = st.session_state[f"{here.choice}_in_address"] = str(here.wanted)
        st.query_params["version"] = str(here.wanted)
    elif here.left and address == here.left:
        st.query_params["version"] = st.session_state.get(f"{here.choice}_in_address", address)
    else:
        here.left = ""
    here.wanted = None


def _title(version: PromptVersion) -> str:
    who = f" by {version.author}" if version.author else ""
    shown = counted(len(version.examples), "example")
    return f"{version.number}, {(version.created_at or '')[:10]}{who}, {shown}. {version.note}"


def _typed(store: Store, start: PromptVersion) -> Draft:
    """What was typed over this version and not saved, else the version; where the file took none of it, what it was."""
    return st.session_state.get(f"unkept_{start.key}") or versions.draft(store, start)


def _keep(store: Store, start: PromptVersion, **changed: Any) -> None:
    typed = replace(_typed(store, start), **changed)
    try:
        versions.keep(store, start, typed)
        st.session_state.pop(f"unkept_{start.key}", None)
    except (StoreError, RoleError) as error:
        st.session_state[f"unkept_{start.key}"] = typed
        frame.say(str(error))


def _box(name: str, start: PromptVersion, words: str) -> str:
    """The key of a box, which then holds these words.

    It is the same for all versions of a judge: who goes on typing while a version is saved types into the same box.
    """
    return boxes.box(f"{name}_of_{start.judge}", start, words, lambda store, version, now: _keep(
        store, version, **{name: now}))


def _text(store: Store, found: Edited) -> None:
    """The sections below each other, or the one text where there are none or it is asked for."""
    start, typed = found.start, found.typed
    parts = sections.split(typed.template)
    one = len(parts) == 1 or st.toggle("As one text", key="one_text", bind="query-params", help=(
        "The whole prompt in one field. A line that begins with ## and a space begins a section."))
    if one:
        title, height = ("Instructions", 200) if start.decision else ("Prompt", 430)
        st.text_area(title, height=height, key=_box("template", start, typed.template), on_change=boxes.heard,
                     args=(store,))
    examples_at = len(parts) - 1 if one else next(
        (place for place, part in enumerate(parts) if _EXAMPLES.search(part.body)), len(parts) - 1)
    for place, part in enumerate(parts):
        if not one:
            _section(store, start, place, part)
        if place == examples_at:
            prompt_examples.chooser(store, found, lambda chosen: _keep(store, start, examples=chosen))
    placeholders = judging.placeholders_of(start)
    known = "; ".join(f"`{{{{ {name} }}}}` {what}" for name, what in placeholders.items())
    st.caption(f"Placeholders: {known}. What holds nothing yet, and hints to you, are not sent.")


def _section(store: Store, start: PromptVersion, place: int, part: Section) -> None:
    hint = part.body.strip() in hints.HINTS  # the template's words to its writer, which are never sent
    key = boxes.box(f"section_{place}_of_{start.judge}", start, "" if hint else part.body,
                    partial(_section_typed, place, part.title), str.strip)
    st.text_area(frame.plain(part.title), height=430 if len(part.body) > _LONG else "content", key=key,
                 on_change=boxes.heard, args=(store,), placeholder=part.body.strip() if hint else None)


def _section_typed(place: int, title: str, store: Store, start: PromptVersion, body: str) -> None:
    """Puts what was typed into its section; where that is gone meanwhile, at the end, so that no word is lost."""
    template = _typed(store, start).template
    parts = sections.split(template)
    same = [at for at, part in enumerate(parts) if part.title == title]
    if same:
        changed = sections.edited(parts, place if place in same else same[0], body)
    else:
        changed = f"{template.rstrip()}\n\n{body}\n"
    _keep(store, start, template=changed)


def _draft_note(store: Store, found: Edited) -> None:
    start = found.start
    if not found.changed:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/edit_note: Changes to version {start.number} that are not saved yet. They are kept.",
                   width="stretch")
        st.button("Discard the draft", key="discard_draft", icon=":material/undo:", on_click=frame.act,
                  args=(prompt_drafts.forget, store, start.key), help="The fields hold the version again.")


def _remarks(found: Edited) -> None:
    """Known mistakes, quietly: nothing here keeps anybody from saving."""
    for remark in found.remarks:
        st.caption(f":material/lightbulb: **{remark.name.capitalize()}.** {frame.plain(remark.text)}")


def _preview(store: Store, start: PromptVersion, typed: Draft) -> None:
    box = st.expander("The prompt as the model gets it", icon=":material/visibility:", key="preview_open",
                      on_change="rerun")
    first = views.to_preview(store) if box.open else None
    if first is None:
        return
    with box, frame.sentences():
        wanted = st.text_input("Trace", first, key="preview_trace")
        messages = judging.preview_prompt(store, typed.template, list(typed.examples), wanted, start.judge,
                                          start.decision)
        st.caption(f"About {counted(judging.estimate_tokens(messages), 'token')}: an estimate, four characters each.")
        for message in messages:
            st.code(message["content"], language=None, wrap_lines=True, height=400)


def _trial(store: Store, start: PromptVersion, typed: Draft) -> None:
    box = st.expander("Try it before saving", icon=":material/science:", key="trial_open", on_change="rerun")
    if box.open:
        with box:
            if not at_work.may(store, "runs", "tries a prompt, which costs calls"):
                return
            trying.panel(store, start, typed)


def _helpers(store: Store, start: PromptVersion) -> None:
    """Each asks for what it shows when it is opened."""
    for name, title, icon, panel in _PANELS:
        box = st.expander(title, icon=icon, key=f"{name}_open", on_change="rerun")
        if box.open:
            with box:
                panel(store, start)


def _new_judge(store: Store) -> None:
    box = st.expander("Another judge", icon=":material/add:", key="new_judge_open", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption("One judge decides the desired outcome. A special judge, with one criterion of its own, is worth "
                   "it only for a failure mode that lasts.")
        kind = st.segmented_control("It answers with", KINDS, default=TEXT, format_func=_KINDS.__getitem__,
                                    key="new_judge_kind", required=True)
        with st.form("new_judge", border=False):
            name = st.text_input("Name")
            if kind == DECISION:
                st.caption(asked.NO_CRITIQUE)
            decision = asked.fields("new_judge") if kind == DECISION else None
            if st.form_submit_button("Add a judge"):
                with frame.sentences():
                    _add(store, name, decision)


def _add(store: Store, name: str, decision: Decision | None) -> None:
    if name.strip() in judges.every(store, archived=True):
        raise UsageError(f"There is a judge '{name.strip()}' already: give this one another name.")
    if decision:
        kinds.save(store, name, decision)
    else:
        judging.save_prompt(store, name, judging.DEFAULT_TEMPLATE, [])
    frame.go("judge", judge=name.strip(), view="Bench")

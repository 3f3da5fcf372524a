"""Drafts by a model on the screen: asked for, watched, read, and taken into the draft of a prompt by a click."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib.records import FAILED, PAUSED, QUEUED, RUNNING, Caps, PlumblineError, PromptVersion, minute
from lib.records.suggestion import GUIDELINES, KINDS, REVISION, SEARCH, Rule, Suggestion
from lib.records.words import counted
from lib.store import Store
from lib.ui import at_work, endpoints, frame, job_progress, text_changes
from lib.ui.judge import budget
from lib.workflow.judge import budget as spending
from lib.workflow.judge import suggesting
from lib.workflow.judge.suggesting import Watched

_WORDS = {GUIDELINES: "guidelines from the critiques", REVISION: "a revision from the disagreements",
          SEARCH: "an automatic search"}
_WHAT = {GUIDELINES: "The model reads the expert's critiques on train traces and proposes rules, each with the "
                     "critiques that justify it.",
         REVISION: "The model reads the dev traces on which judge and expert differ and drafts a changed prompt.",
         SEARCH: "The same again and again, up to a cap: guidelines are drawn from train traces, tried, and kept "
                 "where dev agrees more."}


def panel(store: Store, start: PromptVersion) -> None:
    """The three kinds of drafts for one prompt version: ask, watch, read, take. Nothing is applied without a click."""
    tell()
    kind = frame.choose("Have a model draft", list(KINDS), "suggest", words=_WORDS.get)
    st.caption(_WHAT[kind] + " Nothing is applied without your click, and no test trace is read.")
    found = suggesting.drafts(store, start, kind)
    made, going = found.made, found.going
    if going is None and at_work.may(store, "suggestions", "has a draft written"):
        _ask(store, start, kind)
    if made:
        chosen = going or made[_chosen(made)]
        frame.fragment(_watch, run_every=1 if going else None)(store, chosen.id, going is not None)
        if going is None and chosen.result:
            _RESULTS[kind](store, start, chosen)


@contextmanager
def noted(done: str) -> Iterator[None]:
    """For a callback, which can show nothing where only a part of the page is drawn anew: keeps words for `tell`."""
    try:
        yield
        st.session_state["drafts_said"] = (frame.say, done)
    except PlumblineError as error:
        st.session_state["drafts_said"] = (st.error, frame.plain(error))


def tell() -> None:
    """Says what a callback has noted."""
    if said := st.session_state.pop("drafts_said", None):
        show, text = said
        show(text)


def _chosen(made: dict[str, Suggestion]) -> str:
    """The newest, or an earlier one that is picked."""
    if len(made) == 1:
        return next(iter(made))
    return frame.choose("Draft", list(made), "draft", words=lambda number: (
        f"{number}: {made[number].model}, {minute(made[number].created_at)}"))


def _ask(store: Store, start: PromptVersion, kind: str) -> None:
    most = st.session_state.get("suggest_most", suggesting.MOST_SHOWN)
    try:
        st.caption(frame.plain(suggesting.shown(store, kind, start, most)))
    except PlumblineError as error:
        st.caption(f":material/info: {frame.plain(error)}")
        return
    chosen = endpoints.picker(store, "suggest", start.model)
    caps = budget.limits(f"suggest_{kind}", suggesting.FIRST_CAPS.get(kind, Caps()))
    options = {"wanted": caps, **(_width() if kind == SEARCH else {
        "most": st.number_input("Shown to it, at most", 1, 500, suggesting.MOST_SHOWN, key="suggest_most", width=170,
                                help="Fewer where the model takes no longer prompts.")})}
    if chosen:
        budget.told(lambda: suggesting.forecast(store, start, kind, chosen[1], **options))
    token = st.session_state.setdefault(f"suggest_token_{kind}", secrets.token_hex(16))
    if st.button("Have it drafted", key=f"suggest_{kind}", icon=":material/draw:", disabled=chosen is None):
        with frame.sentences():
            made = suggesting.start(store, start, kind, endpoint=chosen[0], model=chosen[1], token=token, **options)
            suggesting.start_process(store, made.id)
            del st.session_state[f"suggest_token_{kind}"]
            st.session_state["draft"] = str(made.id)
            st.rerun()


def _width() -> dict[str, int]:
    dev, at_once = st.columns(2)
    return {"dev": dev.number_input("Dev traces", 2, value=suggesting.DEV_TRACES, key="search_dev",
                                    help="Candidates are chosen by their agreement on these."),
            "concurrency": at_once.number_input("At once", 1, 64, 8, key="search_at_once")}


def _watch(store: Store, number: int, going: bool) -> None:
    shown = suggesting.watched(store, number)
    found = shown.draft
    if going and found.status not in (RUNNING, QUEUED):
        st.rerun()  # the whole page, which then stops asking
    words = f"{job_progress.icon(found.status)} Suggestion {found.id}, {found.status}: {_paid(shown)}"
    most = found.caps.calls
    if most and found.status in (RUNNING, QUEUED):
        left = job_progress.seen_left(f"suggestion_{number}", found.calls, most)
        job_progress.bar(found.calls, most, f"{words}, of {most:,} at most", left)
    else:
        st.caption(words) if shown.share is None else st.progress(shown.share, words)
    if found.message:
        warns = found.status == PAUSED and not spending.stopped(found)
        (st.warning if warns else st.error if found.status == FAILED else st.caption)(frame.plain(found.message))
    with st.container(horizontal=True):
        # What a cap stopped goes on below, with the caps.
        job_progress.buttons(store, suggesting.SUGGESTIONS, found, "suggestion",
                             resume=None if spending.stopped(found) else "secondary")
    budget.go_on(store, found, found.caps, suggesting.raise_caps)


def _paid(shown: Watched) -> str:
    found, cost = shown.draft, shown.cost
    tokens = counted(found.prompt_tokens + found.completion_tokens, 'token')
    return f"{counted(found.calls, 'call')}, {tokens}" + ("" if cost is None else f", cost {cost:,.4f}")


def _guidelines(store: Store, start: PromptVersion, found: Suggestion) -> None:
    said = found.result
    proposed = [Rule(one["text"], tuple(one["labels"])) for one in said["rules"]]
    st.caption(_drawn(said["shown"], "critiques", said["left_out"]) + _dropped(said))
    for place, rule in enumerate(proposed):
        tick, text = st.columns([1, 9], gap="small")
        tick.checkbox("Take it", True, key=f"take_{found.id}_{place}", label_visibility="collapsed")
        with text:
            _rule(store, rule)
    st.button("Put the ticked rules into the draft", key=f"take_rules_{found.id}", type="primary",
              icon=":material/playlist_add:", on_click=_take_rules, args=(store, start, found.id, proposed))


def _rule(store: Store, rule: Rule) -> None:
    st.text(rule.text)
    with st.expander(f"{counted(len(rule.labels), 'critique')} behind it", icon=":material/format_quote:"):
        critiques(store, rule.labels)


def _drawn(shown: int, what: str, left_out: int) -> str:
    return f"Drawn from {shown:,} {what}" + (f"; {left_out:,} more did not fit into one prompt." if left_out else ".")


def _dropped(said: dict) -> str:
    numbers, orphans = said["unknown"], len(said["unjustified"])
    unknown = f" Dropped: {counted(numbers, 'number')} of critiques that were never shown." if numbers else ""
    return unknown + (f" Left out: {counted(orphans, 'rule')} that named no critique." if orphans else "")


def critiques(store: Store, numbers: tuple[int, ...]) -> None:
    """The critiques behind a rule, each with its outcome and its trace."""
    for one in suggesting.behind(store, numbers):
        st.caption(f"**{one.label.outcome}** · trace {frame.plain(one.trace.id)}")
        st.text(one.label.critique)


def _take_rules(store: Store, start: PromptVersion, number: int, proposed: list[Rule]) -> None:
    chosen = [rule for place, rule in enumerate(proposed) if st.session_state.get(f"take_{number}_{place}", True)]
    with noted(f"{counted(len(chosen), 'rule')} put into the draft. Save it as a version when it reads well."):
        suggesting.take_rules(store, start, chosen)


def _revision(store: Store, start: PromptVersion, found: Suggestion) -> None:
    said = found.result
    if said["why"]:
        st.text(said["why"])
    _proposed(store, start, found.id, said["template"])
    with st.expander(_drawn(len(said["rows"]), "dev traces on which judge and expert differ", said["left_out"]),
                     icon=":material/table_rows:"):
        st.dataframe({"expert": [row["expert_outcome"] for row in said["rows"]],
                      "expert critique": [row["expert_critique"] for row in said["rows"]],
                      "judge": [row["judge_outcome"] for row in said["rows"]],
                      "judge critique": [row["judge_critique"] for row in said["rows"]],
                      "noted": [row["note"] for row in said["rows"]],
                      "input": [row["input"] for row in said["rows"]], "trace": [row["trace"] for row in said["rows"]]},
                     hide_index=True)


def _proposed(store: Store, start: PromptVersion, number: int, template: str, rules: list[Rule] | None = None) -> None:
    """A proposed text against the version it starts from, with the known mistakes it brings; its rules are linked."""
    text_changes.below(start.template, template)
    for remark in suggesting.remarks(store, start, template):
        st.caption(f":material/lightbulb: **{remark.name.capitalize()}.** {frame.plain(remark.text)}")
    with st.container(horizontal=True):
        st.button("Take it into the draft", key=f"take_text_{number}", type="primary", icon=":material/edit_note:",
                  disabled=template == start.template, on_click=_take, args=(store, start, template, rules or []),
                  help="In the place of what is typed over this version. Examples and note stay.")
        if st.button("Side by side", key=f"beside_{number}", icon=":material/compare:"):
            _beside(start, template)


@st.dialog("The version and the proposal", width="large")
def _beside(start: PromptVersion, template: str) -> None:
    st.caption(f"Left version {start.number}, right the proposal.")
    text_changes.side_by_side(start.template, template)


def _take(store: Store, start: PromptVersion, template: str, rules: list[Rule]) -> None:
    with noted("It is in the draft. Save it as a version when it reads well."):
        suggesting.take(store, start, template, rules)


def _search(store: Store, start: PromptVersion, found: Suggestion) -> None:
    tried, dev = found.result["candidates"], found.result["dev"]
    if not tried:
        st.caption("It ended before a candidate was tried on all dev traces: nothing was found.")
        return
    chosen = suggesting.best(found)
    before, after = tried[0]["agreeing"], chosen["agreeing"]
    st.markdown(f"Agreement on {counted(dev, 'dev trace')}: **{before / dev:.0%}** with version {start.number}, "
                f"**{after / dev:.0%}** with the best of {counted(len(tried), 'candidate')} ({before:,} and {after:,} "
                "agree).")
    st.caption("Found on these rows, so it flatters; the sealed test decides. Guidelines were drawn from "
               f"{counted(found.result['train'], 'train trace')} in {counted(found.result['reflections'], 'round')}.")
    if chosen["template"] == start.template:
        st.caption("No candidate agrees more than the version itself.")
        return
    rules = suggesting.justified(chosen)
    _proposed(store, start, found.id, chosen["template"], rules)
    _written(store, rules)
    with st.expander(f"All {counted(len(tried), 'candidate')}", icon=":material/list:"):
        st.dataframe({"candidate": list(range(len(tried))), "agreeing": [one["agreeing"] for one in tried],
                      "of dev traces": [dev] * len(tried), "errors": [one["errors"] for one in tried]},
                     hide_index=True)


def _written(store: Store, rules: list[Rule]) -> None:
    if rules:
        st.caption("The rules it wrote, each with the train critiques that the model was shown when it wrote it:")
    for rule in rules:
        _rule(store, rule)


_RESULTS = {GUIDELINES: _guidelines, REVISION: _revision, SEARCH: _search}

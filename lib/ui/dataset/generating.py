"""Inputs to be written, on the screen: which combinations, what the model is told, and the job that writes."""

import json
import secrets

import streamlit as st

from lib.records import Job
from lib.records.words import counted
from lib.store import Store
from lib.ui import at_work, endpoints, frame, job_progress
from lib.ui.dataset import proposals
from lib.workflow import jobs as verbs
from lib.workflow.dataset import proposing

_WAYS = {"hand": proposing.BY_HAND, "empty": proposing.EMPTY, "random": proposing.RANDOM,
         "pairwise": proposing.PAIRWISE}
_HELP = ("By hand: every combination of the values picked. Empty cells: those without a trace. Random: a draw that the "
         "seed repeats. Pairwise: few combinations that hold every pair of values of two dimensions.")
_WARNING = ("A model knows little of specialised fields, of rare languages and of people it has read little from, and "
            "it writes smoother than they do. Where an error costs dearly (law, health, money), let experts write the "
            "inputs or take real ones.")


def proposer(store: Store) -> None:
    """Write, watch, decide."""
    st.caption("A model writes what users would ask, never what the AI system answers. "
               "Each proposal becomes a trace only when a person accepts it.")
    asked = bool({"choose", "combination"} & set(st.query_params.keys()))
    with st.expander("Write inputs", icon=":material/edit_note:", expanded=asked or not proposing.waiting(store)):
        # Parts of their own: whoever decides on proposals waits for nothing that is about writing more.
        frame.fragment(_write)(store)
    job_progress.watch(store, "generate", _columns, _spent)
    frame.fragment(proposals.screen)(store)


def _write(store: Store) -> None:
    if not at_work.may(store, "generations", "has inputs written, which costs calls"):
        return
    st.caption(":orange[:material/warning:] Where an error costs dearly, let experts write the inputs.", help=_WARNING)
    found = proposing.writing(store)
    wanted = _combinations(store, found.offered)
    recipe = _recipe(store, found.recipe)
    n = st.number_input("Inputs for each combination", 1, proposing.MOST, 3, key="generate_n")
    _preview(store, recipe, wanted, int(n))
    chosen = endpoints.picker(store, "generate")
    if chosen and wanted:
        with frame.sentences():
            takes = proposing.estimate(store, recipe, wanted, int(n), chosen[1])
            tokens = takes.prompt_tokens + takes.completion_tokens
            st.caption(f"{counted(takes.calls, 'call')}, about {counted(tokens, 'token')}, cost {_cost(takes.cost)}.")
    token = st.session_state.setdefault("generate_token", secrets.token_hex(16))
    if st.button("Write inputs", type="primary", icon=":material/play_arrow:", disabled=not (chosen and wanted)):
        with frame.sentences():
            job = proposing.start(store, wanted, int(n), recipe, endpoint=chosen[0], model=chosen[1], token=token)
            verbs.start_process(store, job.id)
            del st.session_state["generate_token"]
            st.rerun()


def _cost(cost: float | None) -> str:
    return "— (no price in Settings, Models)" if cost is None else f"{cost:,.4f}"


def _combinations(store: Store, known: dict[str, tuple[str, ...]]) -> list[proposing.Combination]:
    if not known:
        st.caption("No dimensions yet: describe features, scenarios and personas, or have inputs written for the "
                   "product as a whole.")
        return [{}]
    _follow_address(known)
    way = _WAYS[frame.choose("Choose combinations", list(_WAYS), "choose", words=_WAYS.get)]
    picked = _values(known)
    if way != proposing.BY_HAND:
        picked = {name: picked.get(name, values) for name, values in known.items()}
    limit, start = st.columns(2)
    most = limit.number_input("At most so many combinations", 1, proposing.MOST_COMBINATIONS, 50, key="generate_most",
                              help=_HELP)
    seed = start.number_input("Seed", 0, value=1, key="generate_seed") if way == proposing.RANDOM else 0
    wanted: list[proposing.Combination] = []
    with frame.sentences():
        found = proposing.chosen(store, way, picked, known, int(most), int(seed))
        wanted = list(found.wanted)
        _say_chosen(wanted, picked, found.these, found.every)
    if way == proposing.PAIRWISE and len(wanted) == most:
        st.caption("Cut short, the cover misses pairs: raise the number until fewer are chosen.")
    if wanted and wanted != [{}]:
        st.dataframe({name: [one.get(name, "") for one in wanted] for name in picked}, height=200, hide_index=True)
    return wanted


def _say_chosen(wanted: list[proposing.Combination], picked: dict[str, list[str]], these: int, every: int) -> None:
    """How many combinations are chosen, of how many with these values, of how many there are."""
    if not picked:
        st.caption("**No value is picked:** inputs are written for the product as a whole. "
                   f"{counted(every, 'combination is', 'combinations are')} possible: pick values, or choose in "
                   "another way.")
        return
    some = "" if these == every else f", {these:,} with these values"
    st.caption(f"**{counted(len(wanted), 'combination')} chosen**; {every:,} "
               f"{'is' if every == 1 else 'are'} possible{some}.")


def _values(known: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    places = st.columns(min(3, len(known)))
    picked = {name: places[number % len(places)].multiselect(frame.plain(name), values, placeholder="any",
                                                             key=f"generate_values_{name}")
              for number, (name, values) in enumerate(known.items())}
    return {name: values for name, values in picked.items() if values}


def _follow_address(known: dict[str, tuple[str, ...]]) -> None:
    """A link from the coverage map names a combination: it is picked once, and may then be changed."""
    text = st.query_params.get("combination")
    if text is None or text == st.session_state.get("generate_followed"):
        return
    st.session_state["generate_followed"] = text
    try:
        named = dict(json.loads(text))
    except (ValueError, TypeError):
        return
    for name, values in known.items():
        st.session_state[f"generate_values_{name}"] = [named[name]] if named.get(name) in values else []


def _recipe(store: Store, saved: proposing.Recipe) -> proposing.Recipe:
    with st.expander("What the model is told, and what the reviewer is told", icon=":material/description:"):
        template = st.text_area("Prompt", saved.template, height=260, key="generate_template")
        st.caption("Placeholders: " + "; ".join(f"`{{{{ {name} }}}}` {what}"
                                               for name, what in proposing.PLACEHOLDERS.items()))
        information = st.text_area(
            "System information: what exists in the AI system, so that the scenario really arises",
            saved.system_information, placeholder="order 1042 is on its way; three contacts are called Anna",
            key="generate_information")
        assumptions = st.text_area(
            "Assumptions: shown to the reviewer, told to no model", saved.assumptions,
            placeholder="order 9999 does not exist", key="generate_assumptions")
        changed = proposing.Recipe(template, information, assumptions)
        if st.button("Save", key="save_recipe", disabled=changed == saved):
            with frame.sentences():
                proposing.save_recipe(store, changed)
                frame.say("Saved.")
    return changed


def _preview(store: Store, recipe: proposing.Recipe, wanted: list[proposing.Combination], n: int) -> None:
    if not wanted:
        return
    with st.expander("The prompt as the model gets it", icon=":material/visibility:"):
        number = st.number_input("Combination", 1, len(wanted), 1, key="generate_previewed")
        with frame.sentences():
            st.code(proposing.preview(store, recipe, wanted[int(number) - 1], n), language=None, wrap_lines=True)


def _spent(store: Store, job: Job) -> str:
    found = proposing.spent(store, job)
    wanted = counted(found.came, "input")
    if found.came < found.asked:
        wanted = f"of {counted(found.asked, 'input')} asked for {found.came:,}"
    return f", {wanted} came, {counted(found.tokens, 'token')}, cost {_cost(found.cost)}"


def _columns(found: list[dict]) -> dict[str, list]:
    return {"combination": [proposals.words(row["item"]["combination"]) for row in found]}

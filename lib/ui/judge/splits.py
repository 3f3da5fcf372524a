"""The view Splits, and what stands under an agreement: the sealed test split, its figures once opened, the looks.

Draws what the workflow finds; which pairs are sealed is decided where pairs are read.
"""

import secrets

import streamlit as st

from lib.records import RUNNING, SPLITS, TEST, Run, minute
from lib.records.words import counted
from lib.sampling.splits import FEW, Table, reading, spent
from lib.statistics import metrics
from lib.store import Store, sign_offs
from lib.store.judge.splits import Look
from lib.ui import at_work, frame
from lib.ui.people import waiting
from lib.workflow import rights
from lib.workflow.judge import splitting
from lib.workflow.judge.splitting import Drawn, Seal
from lib.workflow.judge.views import splits
from lib.workflow.judge.views.splits import Splits

_FOR = {"train": "examples for the prompt", "dev": "iterate here", "test": "sealed, for the last check"}
_FIGURES = ("tpr", "tnr", "agreement")
_WIDTH = 320  # pixels, of what the popover holds


def test_panel(store: Store, run: Run) -> None:
    """Under a run's agreement: the test split, sealed or opened with its log."""
    found = splits.of_run(store, run)
    if found is None:
        return
    if found.provisional:
        st.badge("provisional", icon=":material/hourglass_top:", color="orange")
        st.caption(found.provisional)
        return
    with st.container(border=True):
        if found.seal.opened:
            _opened(found.seal, found.target)
        else:
            _sealed(store, run, found.seal)
        _looks(found.seal.looks)


def _sealed(store: Store, run: Run, found: Seal) -> None:
    st.markdown(":material/lock: **The test split is sealed**")
    if not found.pairs:
        st.caption(f"This run has judged no labelled trace of it. When dev is as good as it gets, run the judge on "
                   f"{TEST}: then it can be opened here.")
        return
    st.caption(f"{counted(found.pairs, 'pair is', 'pairs are')} put aside, in no figure and in no list. Open them "
               "once, for the version you mean to keep." + (f" {spent(len(found.looks) + 1)}" if found.looks else ""))
    waiting.mark(store, f"run {run.id}", sign_offs.OPEN_TEST)
    # Of one width, whatever it has to complain of: else it jumps.
    with st.popover("Open the test split", icon=":material/lock_open:", disabled=run.status == RUNNING), st.container(
            width=_WIDTH):
        if at_work.person(store, "look", "test"):
            _opener(store, run)


def _opener(store: Store, run: Run) -> None:
    """The principal opens it; anybody else asks for it."""
    reason = st.text_input("Why now?", key=f"why_open_{run.id}", placeholder="e.g. version 4 holds its TNR on dev")
    token = st.session_state.setdefault(f"open_token_{run.id}", secrets.token_hex(16))
    if not rights.principals(store):
        if st.button(f"Ask {frame.plain(rights.principal_words(store))} to open it", key=f"ask_test_{run.id}",
                     type="primary"):
            waiting.asked(store, splitting.ask_to_open, store, run.id, reason)
    elif st.button("Open it, and log this look", key=f"open_test_{run.id}", type="primary"):
        frame.do(splitting.open_test, store, run.id, reason, token)


def _opened(found: Seal, target: float) -> None:
    st.markdown(f":material/lock_open: **On the test split**, {counted(found.opened.counts.n, 'pair')}, "
                f"{counted(found.opened.counts.errors, 'error')}")
    with st.container(horizontal=True, gap="small"):
        for name in _FIGURES:
            figure = found.opened.figures[name]
            with st.container(width=115, gap=None):
                st.metric(metrics.METRICS[name].label, metrics.format_figure(name, figure),
                          help=metrics.METRICS[name].sentence(found.opened.counts))
                st.caption(frame.plain(metrics.format_interval(name, figure)))
    for words in reading(found.opened.counts, target):
        st.markdown(f"- {frame.plain(words)}")
    words = spent(len(found.looks))
    (st.warning if found.looks[1:] else st.caption)(words)


def _looks(found: tuple[Look, ...]) -> None:
    for number, look in enumerate(found, 1):
        who = f"{look.author}, " if look.author else ""
        st.caption(frame.plain(f"Look {number} of this judge, {look.created_at[:10]}, {who}version {look.version}, run "
                               f"{look.run}: {look.reason}"))


def page(store: Store, judge: str) -> None:
    """What lies in which split, near-duplicates across splits, a balanced draw, and the logs of draws and looks."""
    found = splits.of(store, judge)
    if found is None:
        frame.empty("No label yet", "Splits are drawn over the traces the principal expert has labelled.", "review",
                    "Review traces")
        return
    _standing(found)
    _balance(store)
    _logs(found)


def _standing(found: Splits) -> None:
    st.header("Labelled traces by split")
    st.caption("A split is a part of the traces with a use of its own, so that a judge is never tested on what its "
               "prompt was written from.")
    st.dataframe(_columns(found.table) | {"use": [_FOR[split] for split in SPLITS]}, hide_index=True,
                 key="splits_table")
    n = counted(found.n, "labelled trace")
    st.caption(f"{n}: pairs of the test split are sealed for every judge with a prompt." if found.sealed else
               f"{n}: nothing is sealed below {FEW}. Every label counts, any of them can be an example, and a run "
               "judges each example by the prompt without it. Such figures are provisional.")


def _columns(found: Table) -> dict[str, list]:
    return {"split": list(SPLITS), "pass": [found[split][0] for split in SPLITS],
            "fail": [found[split][1] for split in SPLITS]}


def _balance(store: Store) -> None:
    st.header("Balance the splits")
    st.caption("Of passes and of fails 20 % to train, 40 % to dev, 40 % to test. Equal and nearly equal inputs stay "
               "together, examples stay in train, an opened test split stays as it is, and no more traces move than "
               "that takes. The same seed draws the same.")
    at_work.may(store, "split_draws", "draws splits")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input("Seed", 0, value=1, key="seed", bind="query-params", width=140)
        shown = st.toggle("Preview", key="preview", bind="query-params")
    if shown:
        with frame.sentences():
            _preview(store, splitting.preview(store, seed))


def _preview(store: Store, drawn: Drawn) -> None:
    after = _columns(drawn.after)
    st.dataframe(_columns(drawn.before) | {"pass after": after["pass"], "fail after": after["fail"]}, hide_index=True,
                 key="preview_table")
    st.caption(f"Pairs of nearly the same input in different splits: {drawn.crossing:,} now, {drawn.still:,} after."
               + (" What hangs together by likeness with more than a tenth of all traces cannot stay whole."
                  if drawn.still else ""))
    if drawn.read:
        met = counted(drawn.read, "of the traces that come into test has", "of the traces that come into test have")
        st.warning(f"{met} met a verdict before: what was learnt on them makes the test easier. Label new traces and "
                   "draw again for a fresh test.")
    if drawn.opened:
        st.warning(f"Out of an opened test split: {counted(drawn.opened, 'trace')}, for a prompt shows nearly the same "
                   "input.")
    _mover(store, drawn)
    if drawn.named:
        with st.expander("Nearly the same, in different splits"):
            st.dataframe({name: [getattr(pair, name) for pair in drawn.named]
                          for name in ("trace", "split", "other", "other_split")}, hide_index=True, key="crossing",
                         column_config={"other_split": "its split"})


def _mover(store: Store, drawn: Drawn) -> None:
    if not drawn.moves:
        st.success("The splits are as balanced as they can be: nothing moves.", icon=":material/balance:")
    elif st.button(f"Move {counted(len(drawn.moves), 'trace')}", key="balance", type="primary",
                   icon=":material/balance:", help="Verdicts and labels stay. Figures follow the split a trace is in "
                   "from now on."):
        done = splitting.balance(store, drawn.seed)
        frame.say(f"{counted(len(done.moves), 'trace')} moved.")
        st.rerun()


def _logs(found: Splits) -> None:
    if found.draws:
        st.header("Draws")
        st.dataframe({"when": [minute(row["created_at"]) for row in found.draws],
                      "who": [row["author"] for row in found.draws],
                      "seed": [str(row["seed"]) for row in found.draws],
                      "moved": [row["moved"] for row in found.draws],
                      **{f"{split}, pass / fail": ["{} / {}".format(*row["summary"]["after"][split])
                                                   for row in found.draws] for split in SPLITS}},
                     hide_index=True, key="draws")
    if found.looks is None:
        return
    st.header("Looks at the test split")
    if not found.looks:
        st.caption("Nobody has opened it for this judge.")
        return
    st.dataframe({"look": list(range(1, len(found.looks) + 1)), "when": [one.created_at[:10] for one in found.looks],
                  "version": [str(one.version) for one in found.looks], "run": [str(one.run) for one in found.looks],
                  "who": [one.author for one in found.looks], "why": [one.reason for one in found.looks]},
                 hide_index=True, key="looks")
    st.caption(spent(len(found.looks)))

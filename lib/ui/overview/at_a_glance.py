"""The top of the overview: what this is, the judges beside the expert, what an edit did, and disagreements to open."""

import streamlit as st

from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.comparison import format_p, name_of_test
from lib.store import Store, roles
from lib.ui import figures as show
from lib.ui import frame
from lib.ui.judge.strip import trial as started
from lib.ui.shell import sidebar
from lib.workflow.figures import Standing
from lib.workflow.overview.first_look import Change, FirstLook

_WHAT = ("Plumbline brings an LLM judge into line with one expert: the expert says pass or fail and why, until the "
         "judge says the same.")
_MOST = 2  # judges in full; the others stand below in one line each
_CUT = 160  # characters of a critique


def greeting(store: Store, look: FirstLook) -> None:
    """One sentence of what this is; on an example also that it is one, and the way to traces of one's own."""
    if not look.example:
        st.caption(_WHAT)
        return
    example = (f"{_WHAT} **This is an example** with real labels: look at anything, and try the desk on the traces "
               "that nobody has labelled yet.")
    if not roles.may(store.role, "projects"):
        st.markdown(example)
        return
    with st.container(key="greeting", horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(example, width="stretch")
        if st.button("Start with your own traces", type="primary", icon=":material/upload_file:", key="own_traces"):
            sidebar.begin(store)


def judges(look: FirstLook) -> None:
    """How far the judges agree with the expert, the best first; what is missing where none was measured."""
    st.header("Judge beside expert")
    for one in look.measured[:_MOST]:
        _judge(one)
    if not look.measured:
        show.judge_list(look.judges)


def trial(store: Store, look: FirstLook) -> None:
    """Where no judge was measured and there is no key: a run that can be seen from start to end, with one press."""
    if look.trial is None or not roles.may(store.role, "runs"):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="trial"):
        st.markdown(f"**See a judge run, without a key.** {frame.plain(look.trial.said)}", width="stretch")
        if st.button("See a judge run", icon=":material/play_arrow:", key="see_a_run"):
            with frame.sentences():
                run = started.begin(store, look.trial.judge)
                frame.go("judge", judge=look.trial.judge, view="Bench", run=str(run))


def others(look: FirstLook) -> None:
    """The judges that are not shown above, a line each."""
    if look.measured and (rest := [one for one in look.judges if one not in look.measured[:_MOST]]):
        st.markdown("**Other judges**")
        show.judge_list(rest)


def _judge(one: Standing) -> None:
    found = one.agreement
    figure = found.figures["agreement"]
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width=110, gap=None):
            st.metric("Agreement", metrics.format_figure("agreement", figure), help=metrics.METRICS["agreement"].help)
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{frame.plain(one.judge)}** beside {frame.plain(found.expert)}")
            others = " · ".join(f"{metrics.METRICS[name].label} {metrics.format_figure(name, found.figures[name])}"
                                for name in ("tpr", "tnr", "kappa"))
            pairs = f"{counted(found.counts.n, 'pair')}{metrics.format_errors(found.counts.errors)}"
            st.caption(frame.plain(f"{metrics.format_interval('agreement', figure)} · {others} · {pairs}") + (
                ", provisional: labels are few" if found.provisional else ""))
        frame.link("judge", "Open", ":material/arrow_forward:", judge=one.judge)


def change(found: Change | None) -> None:
    """What the newest version, or the better judge, fixed and broke."""
    if found is None:
        return
    flips = found.found
    st.markdown(f"**{frame.plain(found.after)} in place of {frame.plain(found.before)}**: :green[fixed "
                f"{flips.fixed:,}], :red[broke {flips.broken:,}] of {counted(flips.n, 'verdict')} "
                f"({format_p(flips.p)}, {name_of_test(flips.flips)}).")


def cases(look: FirstLook) -> None:
    """The first disagreements of the best judge, each a click away."""
    if not look.cases:
        return
    st.markdown("**Where they differ**")
    for one in look.cases:
        with st.container(border=True, gap="small", horizontal=True, vertical_alignment="center"):
            said = one.judge_critique or one.expert_critique
            st.markdown(f"{frame.plain(one.expert)}: **{one.expert_outcome}** · {frame.plain(one.judge)}: "
                        f"**{one.judge_outcome}**  \n{frame.plain(said[:_CUT] + '…' * (len(said) > _CUT))}",
                        width="stretch")
            frame.link("judge", "Open it", ":material/arrow_forward:", judge=one.judge, view="Disagreements",
                       run=str(one.run), case=one.trace)

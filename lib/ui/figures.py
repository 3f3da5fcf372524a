"""Figures on the screen: tiles with interval and sentence, the 2×2 table, badges, the process map's rows."""

import streamlit as st

from lib import charts, metrics
from lib.records import Counts, Figure
from lib.store import Store
from lib.ui import consistency, frame
from lib.workflow.figures import Agreement, Standing, judged_by
from lib.workflow.process import Step

_ICONS = {"done": ":material/check_circle:", "now": ":material/radio_button_checked:", "later": ":material/circle:"}
_COLOURS = {"done": "green", "now": "blue", "later": "gray"}


def step_row(step: Step) -> None:
    """One step of the method: state, what stands, and the way there."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width="stretch", gap=None):
            st.markdown(f":{_COLOURS[step.state]}[{_ICONS[step.state]}] **{step.number}. {step.title}**")
            st.caption(frame.plain(step.text))
        with st.container(width="content"):
            frame.link(step.page, step.action)


def not_validated(why: str = "") -> None:
    """Marks numbers of a judge that was never measured against labels."""
    st.badge("not validated", icon=":material/warning:", color="orange",
             help="Never measured against labels of the principal expert: do not rely on its numbers. "
                  + frame.plain(why))


def judge_list(standings: list[Standing]) -> None:
    """Each judge with its headline figures, or what is missing before it has any."""
    if not standings:
        frame.empty("No judge yet", "A project gets its first judge with its first import.", "dataset", "Import traces",
                    view="Import")
    for standing in standings:
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="center"):
                frame.link("judge", frame.plain(standing.judge), judge=standing.judge)
                if not standing.validated:
                    not_validated(standing.why)
            st.caption(_headline(standing))


def _headline(standing: Standing) -> str:
    found = standing.agreement
    if found is None or not found.counts.n:
        return frame.plain(standing.why)
    parts = [f"{metrics.METRICS[name].label} {metrics.format_figure(name, found.figures[name])}"
             for name in ("agreement", "tpr", "tnr", "kappa")]
    return f"{' · '.join(parts)} on {found.counts.n:,} pairs"


def judge_picker(store: Store) -> str | None:
    """A choice among the judges that have verdicts, or None where none has."""
    judged = judged_by(store)
    return frame.choose("Judge", judged, "judge") if judged else None


def reading(tally: dict[str, int] | None) -> None:
    """How many traces a person has read: the number that matters beside every rate."""
    if tally is None or not tally["traces"]:
        st.caption("Nothing yet.")
        return
    st.progress(min(1.0, tally["labelled"] / tally["traces"]),
                f"{tally['labelled']:,} of {tally['traces']:,} traces labelled")
    st.caption(f"{tally['pass']:,} pass, {tally['fail']:,} fail; {tally['complete']:,} with a critique")


def agreement(found: Agreement, ceiling: Figure) -> None:
    """Headline figures large, the 2×2 table, the chart below the expert's own ceiling, every figure in words."""
    names, why = metrics.headline(found.counts)
    tiles = st.columns(len(names) + 2)
    for tile, name in zip(tiles, names, strict=False):
        _tile(tile, name, found.figures[name])
    tiles[-2].metric("Pairs", f"{found.counts.n:,}", help="Traces with a label and a readable verdict.")
    tiles[-1].metric("Errors", f"{found.counts.errors:,}",
                     help="Labelled traces whose reply could not be read or never came: neither pass nor fail.")
    st.caption(why)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _table(found.counts, found.expert, found.judge)
    with right:
        st.altair_chart(charts.agreement_chart(found.figures, found.counts.n, "Agreement", ceiling),
                        key="agreement_chart")
        consistency.ceiling_caption(found.expert, ceiling)
    with st.expander("Every figure, in plain words"):
        for name, metric in metrics.METRICS.items():
            figure = found.figures[name]
            st.markdown(f"**{metric.label} {metrics.format_figure(name, figure)}**, "
                        f"{frame.plain(metrics.format_interval(name, figure))}. {metric.sentence(found.counts)}")
            st.caption(metric.help)


def _tile(place, name: str, figure: Figure) -> None:
    metric = metrics.METRICS[name]
    place.metric(metric.label, metrics.format_figure(name, figure), help=metric.help)
    place.caption(frame.plain(metrics.format_interval(name, figure)))


def _table(counts: Counts, expert: str, judge: str) -> None:
    st.caption(frame.plain(f"Rows: {expert}. Columns: {judge}."))
    st.dataframe({"expert": ["pass", "fail"], "judge: pass": [counts.pass_pass, counts.fail_pass],
                  "judge: fail": [counts.pass_fail, counts.fail_fail]}, hide_index=True)

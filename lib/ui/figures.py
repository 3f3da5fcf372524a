"""Figures on the screen: tiles with interval and sentence, the 2×2 table, badges, the process map's rows."""

import streamlit as st

from lib import charts
from lib.records import Counts
from lib.records.words import counted
from lib.statistics import effective, metrics
from lib.store import Store
from lib.ui import frame
from lib.ui.charted import charted, of_figures
from lib.workflow.figures import Agreement, Standing, first_judge, judged_by
from lib.workflow.judge.views import linked
from lib.workflow.overview.process import Step
from lib.workflow.review.ceilings import Ceilings

_ICONS = {"done": ":material/check_circle:", "now": ":material/radio_button_checked:", "later": ":material/circle:"}
_COLOURS = {"done": "green", "now": "blue", "later": "gray"}


def step_row(step: Step) -> None:
    """One step of the method in a line, and the way there; what stands of it is below, of a finished one on a hover.

    Of the step to do now both stand above the list already, with the button.
    """
    title = f":{_COLOURS[step.state]}[{_ICONS[step.state]}] {step.number}. {step.title}"
    with st.container(key=f"step_{step.number}", horizontal=True, vertical_alignment="center", gap="small"):
        if step.state == "now":
            st.markdown(f"**{title}**: now")
            return
        with st.container(width="stretch", gap=None):
            st.markdown(title, help=frame.plain(step.text) if step.state == "done" else None)
            if step.state == "later":
                st.caption(frame.plain(step.text))
        frame.link(step.page, "Open", view=step.view)


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
    return f"{' · '.join(parts)} on {counted(found.counts.n, 'pair')}{metrics.format_errors(found.counts.errors)}" + (
        ", provisional: labels are few" if found.provisional else "")


def judge_picker(store: Store) -> str | None:
    """A choice among the judges that have verdicts, or None where none has."""
    judged = judged_by(store)
    known = {number: name for number, name in linked.numbers(store).items() if name in judged}
    return judge_among(known, first_judge(store)) if known else None


def judge_among(known: dict[str, str], first: str | None) -> str:
    """The name of the judge that is picked of these, number -> name; `first` is the name to begin with.

    It stands in the address by its number; an earlier link's name is understood.
    """
    if number := linked.meant(known, st.query_params.get("judge", "")):
        st.query_params["judge"] = number
    return known[frame.choose("Judge", list(known), "judge", first=linked.meant(known, first or ""), words=known.get)]


def reading(tally: dict[str, int] | None) -> None:
    """How many traces a person has read: the number that matters beside every rate."""
    if tally is None or not tally["traces"]:
        st.caption("Nothing yet.")
        return
    st.progress(min(1.0, tally["labelled"] / tally["traces"]),
                f"{tally['labelled']:,} of {counted(tally['traces'], 'trace')} labelled")
    st.caption(f"{tally['pass']:,} pass, {tally['fail']:,} fail; {tally['complete']:,} with a critique")


def agreement(found: Agreement, bounds: Ceilings) -> None:
    """Below the figures themselves: counts, what they mean in words, the chart below its ceilings, every figure."""
    _table(found.counts, found.expert, found.judge)
    said = [metrics.METRICS[name].sentence(found.counts) for name in ("agreement", "tpr", "tnr")]
    st.caption(frame.plain(" ".join((*said, metrics.headline(found.counts)[1]))))
    charted(charts.agreement_chart(found.figures, found.counts.n, "Agreement", bounds.lines("agreement"),
                                   bounds.target),
            {"figure": [metrics.METRICS[name].label for name in found.figures],
             **of_figures(list(found.figures.values())), "n": [found.counts.n] * len(found.figures)}, "agreement")
    ceilings_caption(bounds)
    with st.expander("Every figure, in plain words"):
        for name, metric in metrics.METRICS.items():
            st.markdown(f"**{metric.label}** {_in_words(name, found)}")
            st.caption(f"{metric.sentence(found.counts)} {metric.help}")


def _in_words(name: str, found: Agreement) -> str:
    figure = found.figures[name]
    return (f"{metrics.format_figure(name, figure)}{metrics.format_of(name, figure, found.counts)}, "
            f"{frame.plain(metrics.format_interval(name, figure))}")


def _table(counts: Counts, expert: str, judge: str) -> None:
    """Expert × judge, errors apart, and how far the outcomes are from balance."""
    rows = {"pass": (counts.pass_pass, counts.pass_fail), "fail": (counts.fail_pass, counts.fail_fail)}
    with st.container(horizontal=True, gap="small"):
        st.dataframe({"expert": list(rows), "judge: pass": [row[0] for row in rows.values()],
                      "judge: fail": [row[1] for row in rows.values()]}, hide_index=True, key="counts_table", width=240)
        st.metric("Errors", f"{counts.errors:,}", width="content", help="Labelled traces whose reply could not be "
                  "read or never came: they stand apart, neither pass nor fail.")
    passes = sum(rows["pass"])
    balance = f" The expert passed {passes / counts.n:.0%} of the pairs and failed {1 - passes / counts.n:.0%}." \
        if counts.n else ""
    st.caption(frame.plain(f"Rows: what {expert} said. Columns: what the judge “{judge}” said.{balance}"))
    if ties := effective.sentence(counts, "pairs"):
        st.caption(f":material/link: {ties}")


def ceilings_caption(found: Ceilings) -> None:
    """Below a chart of agreement: what its lines and bands mean, or that a ceiling is not known yet."""
    if found.own.value is None:
        said = [f"How often {found.expert} agrees with an earlier label of their own is not known yet: "
                f"{found.own.why}."]
    else:
        said = [f"Orange line and band: {found.expert} gave the same outcome again on {found.own.value:.0%} of the "
                f"traces that came back ({metrics.format_interval('agreement', found.own)})."]
    if found.other:
        said.append(f"Violet: {found.expert} and {found.other} agree on {found.agreement.value:.0%} of the "
                    f"{counted(found.shared, 'trace')} both labelled "
                    f"({metrics.format_interval('agreement', found.agreement)}), kappa "
                    f"{metrics.format_figure('kappa', found.kappa)} ({metrics.format_interval('kappa', found.kappa)}).")
    if found.own.value is not None or found.other:
        said.append("No judge can be expected to agree more.")
    st.caption(frame.plain(" ".join(said)))

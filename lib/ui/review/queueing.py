"""The view Queue: a batch mixed with sliders, for whom, what waits, and the way to a spreadsheet and back."""

import secrets
from datetime import date

import streamlit as st

from lib.records.words import counted
from lib.sampling import queues
from lib.store import Store
from lib.store.review import queues as stored
from lib.ui import figures as show
from lib.ui import frame
from lib.ui.dataset import ahead
from lib.workflow.review import queueing
from lib.writers import WRITERS

_EVERYBODY = "everybody"
_JUDGED = (queues.JUDGE_FAILS, queues.JUDGE_EXPERT, queues.JUDGE_VERSIONS, queues.UNSURE)


def page(store: Store, expert: str) -> None:
    """Draw at the left, what the draw would give at the right, and below what waits."""
    _say_drawn()
    wanted = ahead.chosen("for", expert)
    found = queueing.look(store, expert, None if wanted == _EVERYBODY else wanted)
    with st.expander("Draw a batch", icon=":material/shuffle:", expanded=found.empty):
        _drawer(store, expert, found)
    _waiting(store, expert, found)


def _say_drawn() -> None:
    """What the last press gave, until the next press of anything."""
    drawn: queueing.Drawn | None = st.session_state.pop("queue_drawn", None)
    if drawn is None:
        return
    given = ", ".join(f"{queues.words(name)} {n:,}" for name, n in drawn.counts.items())
    st.success(f"Batch {drawn.batch} is drawn: {given}.", icon=":material/check:")
    for note in drawn.notes:
        st.info(note, icon=":material/info:")


def _drawer(store: Store, expert: str, found: queueing.Queue) -> None:
    missing = found.missing
    size, people, overlap, seed = _whom(expert, found.names)
    press = st.container()  # above what decides the mix, which is read before it
    # The sliders' own values, so that what they give stands beside them and not a press behind.
    shares = {name: 0 if name in missing else st.session_state.get(_key(name), _first(name))
              for name in queues.QUEUES}
    counts, raised = queues.mixed(shares, size)
    details = _details(store, found.dimensions, shares)
    with st.expander(f"The mix: {_in_a_line(counts)}", icon=":material/tune:", key="queue_mix"):
        _mix(missing, counts)
    with press:
        if raised:
            st.info(f"Random is raised to {counts[queues.RANDOM]:,} of {size:,}: without a fair sample in each batch "
                    "no rate could be trusted.", icon=":material/info:")
        _draw_button(store, {"experts": people, "size": size, "mix": shares, "overlap": overlap, "seed": seed,
                             **details})


def _in_a_line(counts: dict[str, int]) -> str:
    """What the draw would give, as random 20, coverage 5."""
    return ", ".join(f"{queues.words(name)} {n:,}" for name, n in counts.items() if n) or "nothing"


def _mix(missing: dict[str, str], counts: dict[str, int]) -> None:
    fair, picked = st.columns(2, gap="large")
    with fair:
        st.markdown("**Drawn without looking at an outcome**")
        st.caption("Labels of these give the rates on Error analysis. The number beside a share is its traces.")
        _sliders([one for one in queues.QUEUES.values() if one.unbiased], missing, counts)
        st.markdown("**Drawn by what stands out or is rare**")
        st.caption("No outcome is looked at, and still no fair sample: their labels leave the rates.")
        _sliders([one for one in queues.QUEUES.values() if not one.unbiased and not one.by_outcome], missing, counts)
    with picked:
        st.markdown("**Drawn by an outcome**")
        st.caption("They find faults faster. Their labels teach the judge, and leave the rates.")
        _sliders([one for one in queues.QUEUES.values() if one.by_outcome], missing, counts)


def _key(queue: str) -> str:
    return f"queue_share_{queue}"


def _first(queue: str) -> int:
    return 100 if queue == queues.RANDOM else 0


def _whom(expert: str, names: list[str]) -> tuple[int, list[str], int, int | None]:
    who, many, both, start = st.columns([4, 2, 2, 2], vertical_alignment="bottom")
    people = who.multiselect("Reviewers", names, [expert], accept_new_options=True, key="queue_reviewers")
    size = int(many.number_input("Traces", 1, queues.MOST, 25, key="queue_size"))
    overlap = both.number_input(
        "For everybody", 0, size, min(size, 5) if len(people) > 1 else 0, key=f"queue_overlap_{len(people)}",
        disabled=len(people) < 2,
        help="So many of them go to every reviewer, blind to the others: how far they agree is measured on them. "
             "The other traces go to whoever comes first.")
    seed = start.number_input("Seed", 0, value=None, placeholder="a new one", key="queue_seed",
                              help="The same seed over the same traces draws the same.")
    return size, people, int(overlap) if len(people) > 1 else 0, None if seed is None else int(seed)


def _sliders(of: list[queues.Queue], missing: dict[str, str], counts: dict[str, int]) -> None:
    for queue in of:
        why = missing.get(queue.name)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.slider(queue.label, 0, 100, _first(queue.name), 5, format="%d%%", key=_key(queue.name),
                      disabled=bool(why), help=queue.help if queue.unbiased else None)
            st.markdown(f"**{counts.get(queue.name, 0):,}**", width=40)
        if why or not queue.unbiased:
            st.caption(f"Not yet: {why}." if why else queue.help)


def _details(store: Store, known: list[str], shares: dict[str, float]) -> dict[str, object]:
    """What some queues ask besides, and only when they are in the mix."""
    found: dict[str, object] = {}
    if not any(shares[name] for name in (queues.STRATIFIED, queues.COVERAGE, queues.SIMILAR, *_JUDGED)):
        return found  # an empty row would keep its place
    places = st.columns(4, vertical_alignment="bottom")
    if shares[queues.STRATIFIED]:
        with places[0]:
            found["dimension"] = frame.choose("Stratified by", known, "strata")
    if shares[queues.COVERAGE]:
        with places[1]:
            row = frame.choose("Least reviewed: rows", known, "cell_row")
        with places[2]:
            found["cell"] = (row, frame.choose("and columns", [name for name in known if name != row], "cell_column"))
    if any(shares[name] for name in _JUDGED):
        with places[0]:
            found["judge"] = show.judge_picker(store)
    if shares[queues.SIMILAR]:
        with places[3]:
            found["anchor"] = st.text_input("Similar to the trace", st.query_params.get("trace", ""),
                                            key="queue_anchor", placeholder="its id").strip() or None
    return found


def _draw_button(store: Store, wish: dict[str, object]) -> None:
    token = st.session_state.setdefault("queue_token", secrets.token_hex(16))
    if st.button("Draw", type="primary", icon=":material/shuffle:", key="queue_draw", disabled=not wish["experts"]):
        with frame.sentences():
            st.session_state["queue_drawn"] = queueing.draw(store, **wish, token=token)
            del st.session_state["queue_token"]
            st.rerun()


def _waiting(store: Store, expert: str, found: queueing.Queue) -> None:
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        chosen = frame.choose("Waiting for", [*found.names, _EVERYBODY], "for", expert)
    if not found.waiting:
        frame.empty("Nothing waits", "Draw a batch above: each trace then comes on the desk, one after another, and "
                    "keeps why it was drawn." if chosen in (_EVERYBODY, expert) else
                    "This reviewer has done all that was drawn, or nothing was drawn yet.")
        return
    with right, st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{found.done:,} of {found.whole:,} done" if found.person
                   else f"{len(found.waiting):,} waiting")
        frame.link("review", "To the desk", ":material/arrow_forward:", view="Desk")
        _downloads(store, found.person)
    _table(found.waiting)
    _take_back(store, sorted({one["batch"] for one in found.waiting}))


def _take_back(store: Store, batches: list[int]) -> None:
    with st.popover("Take a batch back", icon=":material/undo:", type="tertiary"):
        batch = st.selectbox("Batch", batches, key="queue_batch")
        st.caption("What still waits of it leaves everybody's queue and can be drawn again. Labels stay.")
        if st.button("Take back", key="queue_take_back"):
            with frame.sentences():
                frame.say(f"{counted(stored.take_back(store, batch), 'trace')} of batch {batch} taken back.")
                st.rerun()


def _downloads(store: Store, person: str | None) -> None:
    for ending in WRITERS:
        st.download_button(f".{ending}", lambda ending=ending: queueing.spreadsheet(store, person, ending),
                           f"queue-{date.today()}.{ending}", key=f"queue_export_{ending}", on_click="ignore",
                           icon=":material/download:",
                           help="Fill in outcome (pass or fail) and critique, then import the file on Dataset: filled "
                                "rows become labels, traces stay as they are. For a spreadsheet take .xlsx.")


def why_shown() -> bool:
    """The switch that shows the reasons, which stands in the address."""
    return st.toggle("Show why each is here", key="why", bind="query-params",
                     help="It may tell what a judge said: leave it off if you are going to label these.")


def _table(found: list[dict]) -> None:
    why = why_shown()
    columns = {"batch": [one["batch"] for one in found], "position": [one["position"] for one in found],
               "trace": [one["trace"] for one in found], "input": [one["input"][:200] for one in found],
               **({"queue": [queues.words(one["queue"]) for one in found],
                   "why": [one["why"] for one in found]} if why else {}),
               "drawn by": [one["drawn_by"] for one in found],
               "for": [one["expert"] or "anybody" for one in found],
               "state": [queueing.state(one) for one in found]}
    widths = {"batch": 60, "position": 70, "trace": 120, "input": 240, "queue": 130, "why": 260,
              "drawn by": 90, "for": 90, "state": 100}
    st.dataframe(columns, hide_index=True, height=min(420, 36 * len(found) + 40), column_config={
        name: st.column_config.Column(width=width) for name, width in widths.items()})
    if len(found) == queueing.MOST_LISTED:
        st.caption(f"The first {len(found):,} are shown; the files hold all.")

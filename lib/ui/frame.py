"""What every page starts with: the handle on the store, the project in the address, plain words for errors."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

import streamlit as st

from lib.records import PlumblineError, StoreError
from lib.store import Store, cycles, default_path, open_store, projects, roles, servers
from lib.store.roles import RoleError
from lib.ui import door
from lib.ui.people import browser
from lib.ui.plain_text import plain
from lib.ui.removal import gone
from lib.ui.shell import print_head, sidebar
from lib.ui.team import mode, visitor
from lib.workflow import jobs
from lib.workflow.dataset import answering, exchange, reading
from lib.workflow.dataset.sources.pulling import PULLS
from lib.workflow.errors import analysing
from lib.workflow.judge import judging, probing, suggesting
from lib.workflow.judge.views import linked

# A file of ours: an icon by name would be fetched from elsewhere by the visitor's browser.
ICON = str(Path(__file__).with_name("icon.svg"))
_TITLES = {"overview": "Overview", "dataset": "Dataset", "review": "Review", "judge": "Judge",
           "errors": "Error analysis", "settings": "Settings"}
_JUDGES = "judge_numbers"  # in the session: name -> number of the project's judges, for links


def send_on() -> None:
    """In app.py: notes that it ran, and sends on a visitor whose first request was a deep link."""
    st.session_state["app_ran"] = True
    wanted = st.session_state.pop("wanted", None)
    if wanted:
        st.switch_page(f"pages/{wanted[0]}.py", query_params=wanted[1])


def begin(page: str) -> Store:
    """First line of every page: the store's handle on the project the address names, in the hands of who is here.

    On a server's very first request Streamlit may run a page file without app.py: then go there first.
    """
    if not st.session_state.get("app_ran"):
        st.session_state["wanted"] = (page, dict(st.query_params))
        st.switch_page("app.py")
    visitor.check()
    store, found = _open()
    visitor.beside()
    if not found:
        sidebar.links()
        _first_visit(page, browser.on(store))
    # As links of earlier versions say; whom they named is not who reads them.
    st.query_params.pop("reviewer", None)
    browser.keep()
    project = _chosen_project(page, browser.on(store), found)
    gone.say()
    held = browser.on(store.of(project))
    st.session_state[_JUDGES] = {name: number for number, name in linked.numbers(held, archived=True).items()}
    return held


def _open() -> tuple[Store, list[projects.Project]]:
    try:
        store = open_store(default_path())
        finished, first = _boot(str(store.path))
        _say_finished(finished)
        found = projects.every(store) or projects.every(store, archived=True)  # one there is to be brought back from
    except StoreError as error:
        sidebar.links()
        st.title("Plumbline")
        st.error(plain(error), icon=":material/database_off:")
        st.stop()
    if not first:
        st.caption(f":material/dns: {servers.ANOTHER}")
    return store, found


@st.cache_resource(show_spinner=False)
def _boot(path: str) -> tuple[list[str], bool]:
    """Once per server: imports, runs, jobs, analyses, suggestions and probes that a crash or restart cut off go on.

    Returns a sentence for each such import, and whether this is the first server on the file: of several, one starts
    what was cut off.
    """
    store = open_store(Path(path))
    if mode.team() or not door.is_alone():
        answering.for_others()
    # Streamlit collects all garbage after every script run, while the browser still waits for the last elements:
    # what was loaded once for all need not be looked through each time, which took 130 ms of a press.
    gc.collect()
    gc.freeze()
    if not servers.is_first(store):
        return [], False
    finished = reading.finish(store)
    for boot in (judging.boot, jobs.boot, analysing.boot, suggesting.boot, probing.boot, PULLS.boot):
        boot(store)
    return finished, True


def _say_finished(imports: list[str]) -> None:
    if imports and "finished_imports" not in st.session_state:
        st.session_state["finished_imports"] = imports
        for sentence in imports:
            say(sentence)


def _first_visit(page: str, store: Store) -> None:
    st.title(_TITLES[page])
    st.header("This file holds no project yet")
    if not roles.may(store.role, "projects"):
        st.write(plain(roles.sentence(store.role or "", "projects")))
        st.stop()
    st.write("Open an example to look around, or start a project of your own and import traces into it.")
    offer_examples(store)
    with st.form("first_project", border=True):
        name = st.text_input("Name of your AI product")
        question = st.text_input("The one question the expert answers", projects.DEFAULT_QUESTION)
        if st.form_submit_button("Start a project", type="primary"):
            with sentences():
                go("dataset", project=str(exchange.start_project(store, name, question).project), view="Import")
    st.stop()


def offer_examples(store: Store) -> None:
    """A card for each example project that is not in the file yet, for who may import; nothing for others."""
    if not roles.may(store.role, "imports"):
        return
    have = {project.name for project in projects.every(store, archived=True)}
    missing = [example for example in exchange.EXAMPLES.values() if example.title not in have]
    if missing:
        st.header("Examples")
    for example in missing:
        with st.container(border=True):
            st.markdown(f"**{example.title}**")
            st.caption(example.text)
            if st.button("Open this example", key=f"open_{example.name}"):
                with sentences(), st.spinner("Importing…"):
                    go("overview", project=str(exchange.open_example(store, example.name).project))


def _chosen_project(page: str, store: Store, found: list[projects.Project]) -> int:
    known = {str(project.id): project.name for project in found}
    chosen = st.query_params.get("project") or st.session_state.get("project_id") or str(found[0].id)
    if chosen not in known:
        # What was pressed was meant for the project that is gone: it is done in no other one.
        gone.project(store, chosen)
        st.session_state.pop("project_id", None)
        go("overview", project=str(found[0].id))
    picked = sidebar.project(store, known, chosen)
    if picked != chosen:
        go("overview", project=picked)
    st.session_state["project_id"] = chosen
    if len(known) > 1 and st.query_params.get("project") != chosen:
        st.query_params["project"] = chosen
    sidebar.links(chosen if len(known) > 1 else None)
    st.set_page_config(page_title=f"{_TITLES[page]} · {known[chosen]} · Plumbline")
    print_head(f"{known[chosen]} · {cycles.today().isoformat()} · Plumbline")
    return int(chosen)


def go(page: str, /, **params: str | None) -> None:
    """Switches to a page with these words in its address."""
    st.switch_page(f"pages/{page}.py", query_params=_with_project(params))


def link(page: str, label: str, icon: str | None = None, /, **params: str | None) -> None:
    """A link to a page with these words in its address."""
    st.page_link(f"pages/{page}.py", label=label, icon=icon, query_params=_with_project(params))


def _with_project(params: dict[str, str | None]) -> dict[str, str]:
    here = {"project": st.query_params["project"]} if "project" in st.query_params else {}
    if judge := params.get("judge"):  # by its number, for its name may change; what is there already is none
        params = {**params, "judge": st.session_state.get(_JUDGES, {}).get(judge, judge)}
    return {**here, **{name: value for name, value in params.items() if value not in (None, "")}}


def choose(label: str, options: list[str], name: str, first: str | None = None,
           words: Callable[[str], str] = str, key: str | None = None) -> str:
    """A choice that always stands in the address, so that a link means the same tomorrow.

    `key` is its own where another page uses the same word in its address for something else.
    """
    key = key or name
    _follow_address(name, key, options, first)
    picked = st.selectbox(label, options, key=key, format_func=words)
    return _write_address(name, key, picked)


def view(page: str, *options: str, name: str = "view", first: str | None = None,
         words: Callable[[str], str] = str) -> str:
    """The part of a page that is looked at, or of such a part where `name` is another; it stands in the address."""
    key = f"{page}_{name}"
    _follow_address(name, key, options, first)
    picked = st.segmented_control(name.capitalize(), options, required=True, key=key, label_visibility="collapsed",
                                  format_func=words)
    return _write_address(name, key, picked)


def _follow_address(name: str, key: str, options: Sequence[str], first: str | None) -> None:
    address = st.query_params.get(name)
    # An address we did not write is somebody's link: it goes before what was picked here earlier.
    if address in options and (key not in st.session_state or address != st.session_state.get(f"{key}_in_address")):
        st.session_state[key] = address
    elif st.session_state.get(key) not in options:
        st.session_state[key] = first if first in options else options[0]


def _write_address(name: str, key: str, picked: str) -> str:
    st.query_params[name] = st.session_state[f"{key}_in_address"] = picked
    return picked


@contextmanager
def told() -> Iterator[None]:
    """Says in one sentence what stops a whole page: a damaged file, a full disk, a busy one, what a role may not do."""
    try:
        yield
    except PlumblineError as error:
        icon = {RoleError: "lock", StoreError: "database_off"}.get(type(error), "error")
        st.error(plain(error), icon=f":material/{icon}:")
        st.stop()


def fragment(part: Callable[..., None], run_every: float | None = None) -> Callable[..., None]:
    """A part of a page that is drawn anew by itself, as Streamlit has it; what stops it is said in its place.

    Its handle on the store is of when the whole page was drawn: the role may be another one now.
    """

    @wraps(part)
    def drawn(*words: object, **named: object) -> None:
        with told():
            part(*(browser.held(one) if isinstance(one, Store) else one for one in words), **named)

    return st.fragment(drawn, run_every=run_every)


@contextmanager
def sentences() -> Iterator[None]:
    """Shows what the user can cure as a sentence instead of a traceback."""
    try:
        yield
    except PlumblineError as error:
        st.error(plain(error), icon=":material/error:")


def act(verb: Callable[..., object], *words: object) -> None:
    """As a button's action: what a person asked for, or the sentence why not."""
    with sentences():
        verb(*words)


def do(verb: Callable[..., object], *words: object) -> None:
    """Does what a person pressed for and draws the page anew, or says in a sentence why not."""
    with sentences():
        verb(*words)
        st.rerun()


def say(text: str) -> None:
    """A short word of success that outlives the rerun."""
    st.toast(plain(text))


def empty(title: str, text: str, page: str | None = None, label: str = "", /, **params: str) -> None:
    """What a page shows where there is nothing to show: what is missing, and the way there."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.caption(text)
        if page:
            link(page, label, ":material/arrow_forward:", **params)

"""Runs as a person sees them: started once, left alone, cancelled, killed, resumed; the ledger counts the calls."""

import re
from collections import Counter
from collections.abc import Iterator
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from lib.store import Store, open_store, projects
from lib.store.judge import judges, prompt_drafts, runs
from lib.workflow.judge import judging
from tests.support.browser import App, end_runs, idle, let_go, opened, serving
from tests.support.desk import comes
from tests.support.endpoint import Answer, Call, Endpoint, fenced, prompt_of, verdict
from tests.support.secrets import CANARY
from tests.support.steps import add, row

TRACES, FIRST = 40, 10


class GatedEndpoint(Endpoint):
    """Answers `free` calls at once and holds the others until its gate opens."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.free, self.plan = Event(), 10_000, verdict("pass", "The judge liked it.")

    def answer(self, call: Call) -> Answer:
        found = super().answer(call)
        if call.path.endswith("/completions") and self.calls > self.free:
            self.gate.wait()
        return found

    def hold(self, free: int) -> None:
        """From now on only so many calls are answered."""
        self.free = free
        self.gate.clear()

    def close(self) -> None:
        self.gate.set()
        super().close()


@pytest.fixture(scope="module")
def judge_llm() -> Iterator[GatedEndpoint]:
    server = GatedEndpoint()
    yield server
    server.close()


@pytest.fixture
def llm(judge_llm: GatedEndpoint) -> Iterator[GatedEndpoint]:
    """The endpoint with an empty ledger and all calls free."""
    judge_llm.hold(10_000)
    judge_llm.ledger.clear()
    yield judge_llm
    judge_llm.gate.set()


def env(llm: Endpoint) -> dict[str, str]:
    return {"OPENAI_BASE_URL": llm.url, "OPENAI_API_KEY": CANARY}


@pytest.fixture(scope="module")
def judge_app(judge_llm: GatedEndpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with serving() as start:
        yield start(tmp_path_factory.mktemp("judge") / "plumbline.db", **env(judge_llm))


def fill(path, make_trace, name: str) -> Store:
    """A project with a judge and forty traces, half of them failed by Ann."""
    store = projects.create(open_store(path), name, "Did the AI help?")
    add(store, *(row(make_trace(f"t{number}", split="dev"), Ann="fail" if number % 2 else "pass")
                 for number in range(TRACES)))
    judging.ensure_judge(store)
    return store


@pytest.fixture
def store(judge_app, make_trace, request) -> Iterator[Store]:
    yield fill(judge_app.path, make_trace, request.node.name)
    end_runs(judge_app.path)


@pytest.fixture
def bench(judge_app, store, page) -> Page:
    """The Judge page of this project."""
    return opened(page, judge_app.at("judge", project=store.project), "Judge")


def press(page: Page, name: str = "Run") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def reads(page: Page, text: str) -> None:
    """Waits until the page says this where a person sees it: a grid holds its cells for a screen reader besides."""
    expect(page.get_by_text(text).filter(visible=True).first).to_be_visible()


def called(llm: Endpoint) -> Counter[str]:
    """How often each trace was sent."""
    return Counter(fenced(prompt_of(call.body)) for call in llm.chats)


def stored(store: Store) -> int:
    return store.value("""select count(*) from verdicts v join traces t on t.id = v.trace
        where t.project = :project""")


def test_agreement_moves_while_the_run_goes_on_and_stands_at_its_end(bench, store, llm):
    llm.hold(FIRST)
    press(bench)
    reads(bench, f"running: {FIRST} of {TRACES} judged")
    expect(bench.get_by_test_id("stMetric").filter(has_text="Pairs")).to_contain_text(str(FIRST))
    llm.gate.set()
    reads(bench, f"done: {TRACES} of {TRACES} judged")
    expect(bench.get_by_test_id("stMetric").filter(has_text="Pairs")).to_contain_text(str(TRACES))
    assert set(called(llm).values()) == {1} and len(called(llm)) == TRACES


def test_versions_see_a_run_end_without_a_press(bench, judge_app, store, llm):
    llm.hold(FIRST)
    press(bench)
    reads(bench, f"running: {FIRST} of {TRACES} judged")
    opened(bench, judge_app.at("judge", project=store.project, view="Versions"), "Judge")
    row = bench.get_by_test_id("stDataFrame").first.locator("tbody tr, [role=row]").last
    expect(row).to_contain_text("its run goes on")
    expect(row).not_to_contain_text("None")
    llm.gate.set()
    expect(row).not_to_contain_text("its run goes on")
    expect(row).to_contain_text("50% (35% to 65%)")
    idle(bench)


def test_a_double_click_on_run_is_one_run(bench, store, llm):
    llm.hold(FIRST)
    bench.get_by_role("button", name="Run", exact=True).dblclick()
    reads(bench, f"running: {FIRST} of {TRACES} judged")
    llm.gate.set()
    reads(bench, f"done: {TRACES} of {TRACES} judged")
    assert len(runs.every(store)) == 1 and llm.calls == TRACES


def test_a_run_goes_on_when_the_page_is_left(bench, judge_app, store, llm):
    llm.hold(FIRST)
    press(bench)
    reads(bench, f"running: {FIRST} of {TRACES} judged")
    bench.get_by_role("link", name="Settings").click()
    expect(bench.get_by_role("heading", name="Settings")).to_be_visible()
    llm.gate.set()
    opened(bench, judge_app.at("judge", project=store.project), "Judge")
    reads(bench, f"done: {TRACES} of {TRACES} judged")
    assert llm.calls == TRACES


def test_cancel_makes_no_new_call_and_keeps_what_came(bench, store, llm):
    llm.hold(2)
    press(bench)
    reads(bench, f"running: 2 of {TRACES} judged")
    press(bench, "Cancel")
    reads(bench, f"cancelled: 2 of {TRACES} judged")
    calls = llm.calls
    llm.gate.set()
    reads(bench, f"cancelled: {calls} of {TRACES} judged")
    assert stored(store) == llm.calls == calls < TRACES


def test_a_killed_run_says_interrupted_and_resume_buys_no_reply_twice(bench, judge_app, store, llm):
    llm.hold(FIRST)
    press(bench)
    reads(bench, f"running: {FIRST} of {TRACES} judged")
    assert end_runs(judge_app.path) == 1
    reads(bench, f"interrupted: {FIRST} of {TRACES} judged")
    before = called(llm)
    llm.gate.set()
    press(bench, "Resume")
    reads(bench, f"done: {TRACES} of {TRACES} judged")
    assert len(called(llm) - before) == TRACES - FIRST


def test_a_run_outlives_a_killed_server_and_each_trace_is_called_once(serve, tmp_path, make_trace, page, llm):
    store = fill(tmp_path / "own.db", make_trace, "Own")
    app = serve(store.path, **env(llm))
    llm.hold(FIRST)
    press(opened(page, app.at("judge"), "Judge"))
    reads(page, f"running: {FIRST} of {TRACES} judged")
    app.stop(kill=True)
    app.start()
    llm.gate.set()
    opened(page, app.at("judge"), "Judge")
    reads(page, f"done: {TRACES} of {TRACES} judged")
    assert set(called(llm).values()) == {1} and len(called(llm)) == TRACES


def test_a_restarted_server_resumes_what_a_crash_of_the_machine_cut_off(serve, tmp_path, make_trace, page, llm):
    store = fill(tmp_path / "own.db", make_trace, "Own")
    app = serve(store.path, **env(llm))
    llm.hold(FIRST)
    press(opened(page, app.at("judge"), "Judge"))
    reads(page, f"running: {FIRST} of {TRACES} judged")
    app.stop(kill=True)
    assert end_runs(store.path) == 1
    llm.gate.set()
    app.start()
    opened(page, app.at("judge"), "Judge")
    reads(page, f"done: {TRACES} of {TRACES} judged")
    let_go(store.path)
    assert stored(store) == TRACES


def test_typing_is_neither_interrupted_nor_lost_while_a_run_moves_and_when_it_ends(bench, store, llm):
    llm.hold(FIRST)
    press(bench)
    reads(bench, f"running: {FIRST} of {TRACES} judged")
    field = bench.get_by_role("textbox", name="Guidelines")
    field.click()
    field.press("Control+End")
    # Slowly, so that the agreement is drawn anew more than once before the end of it.
    field.press_sequentially("\n- Name the line.", delay=150)
    llm.gate.set()
    reads(bench, f"done: {TRACES} of {TRACES} judged")
    idle(bench)  # the whole page was drawn once more
    expect(field).to_be_focused()
    field.press_sequentially(" Be strict.")
    expect(field).to_have_value(re.compile(r"- Name the line\. Be strict\.$"))
    field.press("Tab")
    reads(bench, "Changes to version 1 that are not saved yet.")
    typed = judging.DEFAULT_TEMPLATE.replace("decides.\n\n## Examples",
                                             "decides.\n- Name the line. Be strict.\n\n## Examples")
    version = judges.newest_prompt(store, judging.DEFAULT_JUDGE).key
    comes(bench, lambda: prompt_drafts.of_version(store, version).template == typed)
    opened(bench, bench.url, "Judge")
    expect(bench.get_by_role("textbox", name="Guidelines")).to_have_value(re.compile(r"Be strict\.$"))


def test_a_list_of_the_dataset_page_is_run_and_another_list_leaves_nothing_of_it(bench, judge_app, store, llm):
    opened(bench, judge_app.at("dataset", project=store.project, label="fail", search="answer to t3"), "Dataset")
    bench.get_by_role("link", name="Run a judge on these traces").click()
    # t3, t31, t33 … t39
    reads(bench, "6 traces. About 6 calls")
    reads(bench, "Only labelled fail")
    press(bench, "Run these traces")
    reads(bench, "done: 6 of 6 judged")
    number = runs.numbers(store)[0]
    assert runs.get(store, number).chosen == {"label": "fail", "search": "answer to t3"}
    expect(bench.get_by_role("combobox", name="Run", exact=True)).to_have_value(
        re.compile(f"^{number}: version 1, test-model, labelled fail, with the text 'answer to t3', 6 traces"))
    bench.get_by_role("link", name="Dataset").click()
    search = bench.get_by_role("textbox", name="Search")
    search.fill("")
    search.press("Enter")
    reads(bench, f"{TRACES // 2} traces")
    idle(bench)
    bench.get_by_role("link", name="Run a judge on these traces").click()
    reads(bench, f"{TRACES // 2} traces. 6 verdicts are taken over")


def test_a_model_about_to_be_shut_down_says_so_where_it_is_chosen(bench, judge_app, store, llm):
    bench.get_by_role("combobox", name="Model").click()
    expect(bench.get_by_role("option", name=re.compile(r"old-model \(.+2026-12-11"))).to_be_visible()
    opened(bench, judge_app.at("settings", project=store.project, view="Models"), "Settings")
    reads(bench, llm.url)
    assert CANARY not in bench.content()


def test_disagreements_show_both_critiques_and_a_picked_row_its_trace(bench, store, llm):
    press(bench)
    reads(bench, f"done: {TRACES} of {TRACES} judged")
    reads(bench, "question of t1")
    bench.get_by_role("button", name=re.compile("question of t1 ")).click()
    reads(bench, "answer to t1")
    reads(bench, "why fail")
    reads(bench, "The judge liked it.")
    bench.get_by_role("button", name="All", exact=True).click()
    bench.get_by_role("button", name=re.compile("question of t3 ")).click()
    reads(bench, "answer to t3")
    reads(bench, "2 of 20: t3")
    idle(bench)  # the link is drawn last, and until then leads to the row before
    bench.get_by_role("link", name="Review this trace").click()
    bench.wait_for_url("**/review?*trace=t3*")



"""Two servers on one file: the second says so and both go on; what a killed one leaves behind stops nobody."""

from playwright.sync_api import expect

from lib.records import QUEUED
from lib.store import servers
from lib.store.judge import judges, runs
from lib.workflow.judge import judging
from tests.support.browser import opened, processes

SAID = servers.ANOTHER.partition(".")[0]


def test_the_second_server_says_so_and_the_first_does_not(serve, example, page):
    first, second = serve(example), serve(example)
    for _ in range(2):
        opened(page, first.at("dataset"), "Dataset")
        expect(page.get_by_text(SAID)).to_have_count(0)
        opened(page, second.at("dataset"), "Dataset")
        expect(page.get_by_text(SAID)).to_be_visible()
    assert any(SAID in line for line in second.log) and not any(SAID in line for line in first.log)


def test_a_killed_server_leaves_a_lock_that_stops_nobody(serve, example, page):
    first = serve(example)
    opened(page, first.at("dataset"), "Dataset")
    first.stop(kill=True)
    assert example.with_name(f"{example.name}.server.lock").exists()
    opened(page, serve(example).at("dataset"), "Dataset")
    expect(page.get_by_text(SAID)).to_have_count(0)


def test_what_was_cut_off_goes_on_by_the_first_server_alone(serve, example, page):
    first = serve(example)
    opened(page, first.at("dataset"), "Dataset")
    run = runs.create(first.store, judges.newest_prompt(first.store, judging.DEFAULT_JUDGE).key, "m", "environment")
    opened(page, serve(example).at("dataset"), "Dataset")
    assert runs.get(first.store, run).status == QUEUED and processes(example) == []

"""The view Checks and the commands beside it: an assertion is tried, kept, run, listed with its traces, and retired."""

import pytest

from lib.assertions import bounded
from lib.store.errors import assertions, failure_modes
from lib.workflow.errors import checking
from tests.support.commands import CommandLine
from tests.support.errors.odd_checks import CHILD
from tests.support.pages import opened_page, words
from tests.support.steps import add, say

HOSTILE = "![x](http://evil.example/x.png) | :red[x] $x$"


@pytest.fixture
def shop(db, make_trace):
    """t0 to t5; the outputs of the first three are sorry, t0 to t3 fail with a hostile failure mode."""
    add(db, *(make_trace(f"t{n}", output=f"{'Sorry' * (n < 3)} {HOSTILE}", system_version=f"v{1 + n // 3}")
              for n in range(6)))
    for n in range(6):
        say(db, f"t{n}", "fail" if n < 4 else "pass")
    for n in range(4):
        failure_modes.give(db, f"t{n}", [HOSTILE])
    return db


def pressed(app, key: str):
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


def test_it_is_tried_kept_with_a_reason_and_run_at_once(shop, monkeypatch):
    app = opened_page(monkeypatch, shop, "errors", view="Checks", mode=HOSTILE)
    app.selectbox(key="assertion_kind").set_value("does not contain").run()
    app.text_input(key="assertion_does not contain_text").set_value("sorry")
    assert "Of the newest 6 outputs 3 hold, 3 do not, 0 could not be checked." in words(pressed(app, "try_assertion"))
    assert assertions.every(shop) == []
    app.text_input(key="assertion_name").set_value("no excuse")
    assert "say why this one cannot wait" in words(pressed(app, "keep_assertion")) and not assertions.every(shop)
    app.text_input(key="assertion_reason").set_value("a contract")
    said = words(pressed(app, "keep_assertion"))
    assert [one.mode for one in assertions.every(shop)] == [HOSTILE] and "made early: a contract" in said
    assert f"Of 4 fails with “{HOSTILE}” it catches 3 (75%, 95 % interval 30% to 99%); of 2 passes it fails 0" in said
    assert "Where no excuse does not hold: 3" in words(pressed(app, f"show_{assertions.every(shop)[0].key}_fail"))


def test_what_it_says_stands_by_the_trace_and_its_list_opens_in_dataset(shop, monkeypatch):
    one = checking.add(shop, HOSTILE, "contains", {"text": "sorry"}, None, "x")
    checking.run(shop, one)
    app = opened_page(monkeypatch, shop, "dataset", assertion=HOSTILE, checked="pass", trace="t1")
    assert f"Only where the assertion {HOSTILE} holds" in words(app) and "3 traces" in words(app)
    assert f"Assertion {HOSTILE}: pass. It holds the text." in words(app)
    assert "](http" not in "".join(str(found.value) for found in app.caption)
    app = opened_page(monkeypatch, shop, "errors", view="Checks")
    app = pressed(app, f"retire_{one.key}")
    assert assertions.every(shop) == [] and "Assertion" not in words(opened_page(
        monkeypatch, shop, "dataset", trace="t1"))


def test_a_project_without_outputs_or_codes_says_what_to_do(db, make_trace, monkeypatch):
    add(db, make_trace(output=None))
    assert "No output yet" in words(opened_page(monkeypatch, db, "errors", view="Checks"))


def test_the_command_that_a_build_runs(shop, tmp_path):
    cli = CommandLine(shop.path)
    assert "no assertion yet" in cli.refused("check")
    assert "cannot wait" in cli.refused("assertion", "add", "no excuse", "--kind", "does not contain",
                                        "--set", "text=sorry")
    cli("assertion", "add", "no excuse", "--kind", "does not contain", "--set", "text=sorry", "--mode", HOSTILE,
        "--reason", "x")
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object"}')
    cli("assertion", "add", "short", "--kind", "length", "--set", "most=500", "--reason", "x")
    assert cli.json("assertions")["assertions"][0]["waiting"] == 6
    assert "t0\tIt holds “sorry”." in cli("check", code=1).stdout
    assert cli("check", "--system", "v2").stdout.startswith("no excuse\t3 pass\t0 fail")
    found = cli.call("check", "--assertion", "no excuse", "--json")
    assert found.exit_code == 1 and '"failed": 3' in found.stdout and '"short"' not in found.stdout
    assert "no answer to check of the version 'v9'" in cli.refused("check", "--system", "v9")
    assert "has to be JSON" in cli.refused("assertion", "add", "s", "--kind", "JSON Schema", "--set", "schema=x",
                                           "--reason", "x")
    cli("assertion", "add", "s", "--kind", "JSON Schema", "--set", f"schema=@{schema}", "--reason", "x")
    assert "is no number" in cli.refused("assertion", "add", "l", "--kind", "length", "--set", "most=x")
    assert "cannot be read" in cli.refused("assertion", "add", "l", "--kind", "contains", "--set", "text=@/nowhere")
    cli("assertion", "retire", "s")
    assert [one["name"] for one in cli.json("assertions")["assertions"]] == ["no excuse", "short"]


def test_a_check_that_ends_its_process_is_said_and_not_tried_again_until_it_is_asked_for(db, make_trace, monkeypatch):
    monkeypatch.setattr(bounded, "CHILD", CHILD)
    add(db, *(make_trace(f"t{n}", output="leave" if n < 3 else "fine") for n in range(5)))
    one = assertions.add(db, "odd one", "odd", {})
    first = words(opened_page(monkeypatch, db, "errors", view="Checks"))
    assert "odd one: Stopped: on 3 of 3 outputs the check did not finish" in first
    app = opened_page(monkeypatch, db, "errors", view="Checks")
    assert "Make it simpler, and try it again. 2 traces were not tried." in words(app)
    assert assertions.tallies(db)[one.key].waiting == 2
    assert "traces were not tried" not in words(pressed(pressed(app, f"go_on_{one.key}"), f"show_{one.key}_unchecked"))
    assert assertions.tallies(db)[one.key] == assertions.Tally(passed=2, unchecked=3)
    bounded._spare.give(None)

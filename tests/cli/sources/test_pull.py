"""Pulling from each kind of source: what comes, what is left out, what goes on after a break, what no key ever does."""

import json

import pytest

from lib.store.dataset import sources
from lib.workflow.dataset.sources import pulling
from tests.support.commands import CommandLine
from tests.support.platforms import Refusal
from tests.support.platforms.known import KINDS, SECRET, known, store_of


@pytest.mark.parametrize("kind", KINDS)
def test_a_pull_brings_traces_labels_and_verdicts_once(source_cli, platforms, kind):
    known(source_cli, platforms(kind))
    pull = source_cli.json("source", "pull", "app")
    assert (pull["status"], pull["done"], pull["traces"], pull["labels"], pull["verdicts"]) == ("done", 7, 7, 1 + (
        kind == "phoenix"), 1)
    store = store_of(source_cli)
    assert [tuple(row) for row in store.rows("""select t.input, t.output, l.outcome, l.critique,
            substr(l.created_at, 1, 19) from labels l join traces t on t.id = l.trace order by t.id limit 1""")] == [
            ("question 0?", "answer 0", "fail", "wrong day", "2026-03-01T10:00:09")]
    assert [tuple(row) for row in store.rows("""select t.input, v.outcome, v.critique, j.name from verdicts v
        join traces t on t.id = v.trace join runs r on r.id = v.run join judges j on j.id = r.judge""")] == [
            ("question 1?", "pass", "fits", "quality")]
    again = source_cli.json("source", "pull", "app")
    assert (again["traces"], again["labels"], again["verdicts"]) == (0, 0, 0)
    assert store.value("select count(*) from traces") == 7


def test_who_spoke_there_is_who_labels_here(source_cli, platforms):
    known(source_cli, platforms("mlflow"))
    source_cli("source", "pull", "app")
    assert [row[0] for row in store_of(source_cli).rows("select distinct e.name from labels l join experts e "
                                                 "on e.id = l.expert")] == ["ann@x.org"]


def test_labels_answer_one_question_and_the_others_are_counted(source_cli, platforms):
    known(source_cli, platforms("phoenix"))
    pull = source_cli.json("source", "pull", "app")
    assert pull["left_out"] == {"what people said of 'tone', for labels answer 'correct'": 1}
    known_as_tone = CommandLine(source_cli.path.with_name("other.db"))
    known(known_as_tone, platforms("phoenix"), "--question", "tone")
    assert known_as_tone.json("source", "pull", "app")["labels"] == 1
    assert store_of(known_as_tone).value("select critique from labels") == "kind"


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_pull_goes_on_where_it_was(source_cli, platforms, kind, monkeypatch):
    monkeypatch.setattr(pulling, "MOST_TRACES", 2)
    platform = platforms(kind)
    known(source_cli, platform)
    listed = {"phoenix": "/traces", "mlflow": "/search", "langfuse": "/traces", "langsmith": "/runs/query"}[kind]

    def broken(call):
        pages = [one for one in platform.calls if one.path.endswith(listed)
                 and (kind != "langsmith" or one.body.get("is_root"))]
        if len(pages) == 3 and call is pages[-1]:
            platform.refusals.append(Refusal(403))

    platform.late = broken
    assert "refuses the key" in source_cli("source", "pull", "app", code=1).output
    store = store_of(source_cli)
    kept = store.value("select count(*) from traces")
    assert 0 < kept < 7
    platform.late, before = (lambda call: None), len(platform.calls)
    pull = source_cli.json("source", "pull", "app")
    assert (pull["id"], pull["status"], pull["done"], pull["traces"]) == (1, "done", 7, 7)
    assert store.value("select count(*) from traces") == 7
    assert f"{0:032x}" not in json.dumps([(call.words, call.body) for call in platform.calls[before:]])


def test_a_source_that_asks_to_slow_down_is_waited_for(source_cli, platforms):
    platform = platforms("phoenix")
    known(source_cli, platform)
    platform.refusals.append(Refusal(429, {"Retry-After": "0"}, times=2))
    assert source_cli.json("source", "pull", "app")["traces"] == 7


def test_a_wait_beyond_all_patience_ends_the_pull_with_a_sentence(source_cli, platforms):
    platform = platforms("phoenix")
    known(source_cli, platform)
    platform.refusals.append(Refusal(429, {"Retry-After": "86400"}))
    assert "asks to slow down. Resume later" in source_cli("source", "pull", "app", code=1).output


def test_what_changed_there_is_left_out_and_counted_and_stops_nothing(source_cli, platforms):
    platform = platforms("phoenix")
    known(source_cli, platform)
    source_cli("source", "pull", "app")
    platform.count, platform.changed = 9, {3: "another answer"}
    pull = source_cli.json("source", "pull", "app")
    assert (pull["traces"], pull["left_out"]["traces whose text has changed since they were pulled"]) == (2, 1)
    assert store_of(source_cli).value("select output from traces where input = 'question 3?'") == "answer 3"


def test_a_sample_is_the_same_for_the_same_seed(source_cli, platforms):
    platform = platforms("phoenix", 40)
    known(source_cli, platform)
    first = source_cli.json("source", "pull", "app", "--sample", 5, "--seed", 7)
    assert (first["traces"], first["total"], first["message"]) == (5, 5, "")
    assert source_cli.json("source", "pull", "app", "--sample", 5, "--seed", 7)["traces"] == 0
    assert source_cli.json("source", "pull", "app", "--sample", 5, "--seed", 8)["traces"] > 0
    assert source_cli.json("source", "pull", "app")["done"] == 40  # a sample is not taken for all there is


def test_since_and_filter_go_to_the_source(source_cli, platforms):
    platform = platforms("phoenix")
    known(source_cli, platform)
    assert source_cli.json("source", "pull", "app", "--since", "2026-03-01T10:00:05")["traces"] == 2
    source_cli("source", "pull", "app", "--filter", "error_count > 0")
    assert [call.word("filter") for call in platform.calls if call.path.endswith("/traces")][-1] == "error_count > 0"
    assert "no time" in source_cli.refused("source", "pull", "app", "--since", "yesterday")


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_goes_to_its_source_alone_and_is_stored_nowhere(source_cli, platforms, kind):
    platform, elsewhere = platforms(kind), platforms(kind)
    known(source_cli, platform)
    assert {bool(call.headers.get("authorization") or call.headers.get("x-api-key")) for call in platform.calls} == {
        True}
    platform.refusals.append(Refusal(307, {"Location": f"{elsewhere.url}/v1/projects/UDox/traces"}))
    said = source_cli("source", "pull", "app", code=1).output
    assert "no key follows" in said and elsewhere.calls == []
    platform.refusals.append(Refusal(401))
    said += source_cli("source", "pull", "app", code=1).output
    for file in source_cli.path.parent.iterdir():
        assert SECRET.encode() not in file.read_bytes()
    assert SECRET not in said


def test_a_variable_that_the_operator_does_not_name_is_no_key(source_cli, platforms, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_SECRETS", "OTHER")
    platform = platforms("phoenix")
    assert "not among the secrets" in source_cli.refused("source", "add", "app", "--kind", "phoenix", "--address",
                                                  platform.url, "--project", "shop", "--key-env", "ONE_KEY")
    assert platform.calls == []


@pytest.mark.parametrize("address", ["http://169.254.169.254", "http://10.0.0.1:6006", "http://ann:pw@127.0.0.1:1",
                                     "file:///etc/passwd", "http://[::ffff:10.0.0.1]/", "http://127.0.0.1:1/#/x"])
def test_an_address_that_may_not_be_called_is_refused(source_cli, address):
    source_cli.refused("source", "add", "app", "--kind", "phoenix", "--address", address, "--project", "shop")


def test_a_team_allows_no_loopback_by_itself(source_cli, platforms, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")
    platform = platforms("phoenix")
    assert "no public address" in source_cli.refused("source", "add", "app", "--kind", "phoenix", "--address",
                                                     platform.url, "--project", "shop")
    assert platform.calls == []


def test_a_project_that_is_not_there_and_a_wrong_number_of_keys_are_told(source_cli, platforms):
    platform = platforms("phoenix")
    assert "Projects: shop" in source_cli.refused("source", "add", "app", "--kind", "phoenix", "--address",
                                                  platform.url, "--project", "nope")
    assert "two: the public key" in source_cli.refused("source", "add", "app", "--kind", "langfuse", "--address",
                                                platform.url, "--project", "shop")
    assert "our own there" in source_cli.refused("source", "add", "Plumbline", "--kind", "phoenix", "--address",
                                          platform.url, "--project", "shop")


def test_sources_are_listed_and_taken_away_and_their_traces_stay(source_cli, platforms):
    known(source_cli, platforms("phoenix"))
    assert "not pulled yet" in source_cli("source", "list").stdout
    source_cli("source", "pull", "app")
    assert "7 traces read, 7 new" in source_cli("source", "list").stdout
    assert "a source 'app' already" in known_again(source_cli, platforms)
    source_cli("source", "remove", "app")
    assert source_cli("source", "list").stdout == "" and store_of(source_cli).value("select count(*) from traces") == 7


def known_again(source_cli, platforms) -> str:
    return source_cli.refused("source", "add", "app", "--kind", "phoenix", "--address", platforms("phoenix").url,
                       "--project", "shop")


def test_a_trace_links_to_where_it_lives_by_http_alone(source_cli, platforms):
    platform = platforms("phoenix")
    known(source_cli, platform)
    source_cli("source", "pull", "app")
    store, id = store_of(source_cli), f"{0:032x}"
    assert sources.homes(store, id) == [("app", f"{platform.url}/redirects/traces/{id}")]
    store.execute("""update sources set place = json_set(place, '$.link', 'javascript:alert(1)//{trace}')""")
    assert sources.homes(store, id) == []

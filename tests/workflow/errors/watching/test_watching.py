"""A watch on real files with a loopback judge: appended lines, formats of real tools, the share, caps, and a kill."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from filelock import FileLock

from lib.records import Caps, Trace, UsageError
from lib.store import prices
from lib.store.dataset import imported, traces
from lib.store.dataset.traces import Filter
from lib.store.errors.watching import watches
from lib.store.judge import judges, runs
from lib.workflow.errors import over_time
from lib.workflow.errors.watching import sampled, watching
from lib.workflow.judge import judging
from tests.support import HOUSE
from tests.support.endpoint import error
from tests.support.errors.watched import log_in
from tests.support.running import PATIENCE, command, judged, nth_call
from tests.support.steps import add, row

CASES = HOUSE / "tests" / "readers" / "data" / "cases"
DAY = "2026-03-02T10:00:00Z"
PLACE = 0.4601206168648842  # the first 56 bits of the SHA-256 of "7:p1"


@pytest.fixture
def db(db, endpoint_env):
    judging.ensure_judge(db)
    return db


@pytest.fixture
def log(tmp_path) -> Path:
    return log_in(tmp_path)


def write(path: Path, first: int, n: int) -> None:
    with path.open("a") as file:
        for number in range(first, first + n):
            file.write(json.dumps({"id": f"p{number}", "input": f"question {number}.", "output": f"answer {number}.",
                                   "created_at": DAY}) + "\n")


def watch(store, place: Path, share: float = 1.0, caps: Caps = Caps(), **more) -> None:
    chosen = watching.settings(share, more.pop("seed", 0), 600, caps, 7, **more)
    watching.add(store, "app", str(place), None, chosen)


def read(store, today: str = "2026-03-03") -> watching.Reading:
    return watching.read(store, "app", today=today)


def verdicts(store) -> Counter:
    """Trace -> how many verdicts it has."""
    return Counter(row[0] for row in store.rows("""select t.trace_id from verdicts v join traces t on t.id = v.trace
        where v.outcome is not null"""))


def test_appended_lines_alone_are_read_and_nothing_is_judged_twice(db, log, endpoint_env):
    write(log, 0, 5)
    watch(db, log)
    first = read(db)
    assert [one.text for one in first.files] == ["app.jsonl: 5 new traces, 0 already stored."] and not first.failed
    write(log, 5, 3)
    second = read(db)
    assert second.files[0].result.traces == 3 and second.files[0].result.identical == 0
    assert read(db).said == [] and set(verdicts(db).values()) == {1} and len(endpoint_env.chats) == 8
    assert [one.traces for one in imported.every(db)] == [3, 5]
    assert {one.author for one in imported.every(db)} == {"watch app"}


def test_a_rotated_log_is_read_to_its_end_first_and_a_cut_one_from_its_beginning(db, log):
    write(log, 0, 3)
    watch(db, log)
    read(db)
    write(log, 3, 2)
    log.rename(log.with_name("app.jsonl.1"))
    write(log, 5, 1)
    said = " ".join(read(db).said)
    assert "was rotated to app.jsonl.1, which is read to its end first" in said and traces.count(db) == 6
    log.write_text("")
    write(log, 6, 1)
    read(db)
    log.write_text("")
    write(log, 5, 1)
    assert traces.count(db) == 7
    assert "begins otherwise" in " ".join(read(db).said) and traces.count(db) == 7


def test_a_folder_of_files_that_real_tools_wrote_comes_in_by_the_import_s_own_readers(db, tmp_path):
    place = tmp_path / "in"
    place.mkdir()
    for name in ("exports/promptfoo-0.121.20-two-prompts.csv", "exports/phoenix-20.26.1-spans-default.json",
                 "telemetry/openai-agents-0.24.0-responses.jsonl", "imports/f3_traces.jsonl", "imports/f2_na.csv"):
        shutil.copy(CASES / name, place)
    watch(db, place)
    found = read(db)
    assert {one.file: one.refused for one in found.files if one.refused} == {} and len(found.files) == 5
    assert all(one.result.traces for one in found.files), [one.text for one in found.files]
    assert {row[0] for row in db.rows("select format from watch_files")} == {
        "promptfoo", "phoenix", "openai_agents", "jsonl", "csv"}
    assert traces.count(db) == sum(one.result.traces for one in found.files)
    assert read(db).files == []


def test_a_file_that_cannot_be_read_is_said_until_it_is_mended_and_stops_no_other(db, log):
    write(log, 0, 2)
    broken = log.with_name("broken.json")
    broken.write_text('[{"input": "half')
    watch(db, log.parent)
    first = read(db)
    assert first.failed and "broken.json was not read" in " ".join(first.said) and traces.count(db) == 2
    again = read(db)
    assert not again.failed and "broken.json is still not read" in " ".join(again.said)
    broken.write_text('[{"id": "b", "input": "whole", "output": "yes"}]')
    assert not read(db).failed and traces.count(db) == 3


def test_what_is_left_out_is_said_as_an_import_says_it(db, log):
    write(log, 0, 1)
    watch(db, log)
    with log.open("a") as file:
        file.write('{"id": "b", "input": "r", "output": "y", "created_at": "no day", "more": 1}\n')
    [taken] = read(db).files
    assert [one.why for one in taken.report.skipped if "created_at" in one.why] and traces.count(db) == 1
    assert "more" in str(taken.report.unread)


def test_the_first_file_says_how_the_later_ones_are_read(db, log):
    log.write_text('{"q": "one", "a": "1", "when": "2026-03-02T10:00:00Z"}\n')
    watch(db, log, options={"map": ("input=q", "output=a", "created_at=when")})
    read(db)
    with log.open("a") as file:
        file.write('{"q": "two", "a": "2", "when": "2026-03-03T10:00:00Z"}\n')
    read(db)
    assert [(one["input"], one["output"]) for one in traces.listing(db, Filter())] == [("one", "1"), ("two", "2")]
    with pytest.raises(UsageError, match="no column 'nonsense'"):
        watching.add(db, "other", str(log), None, watching.settings(1, 0, 600, Caps(), 7, options={
            "map": ("input=nonsense",)}))


def test_the_share_is_that_of_the_hash_whatever_comes_first(db, log, endpoint_env):
    write(log, 0, 200)
    watch(db, log, 0.25, seed=7)
    read(db)
    wanted = {f"p{number}" for number in range(200) if sampled.place_of(7, f"p{number}") < 0.25}
    assert set(verdicts(db)) == wanted and 30 < len(wanted) < 70 and len(endpoint_env.chats) == len(wanted)


def test_the_place_of_a_trace_never_changes():
    assert sampled.place_of(7, "p1") == PLACE
    places = [sampled.place_of(1, str(number)) for number in range(4000)]
    assert 0 <= min(places) and max(places) < 1 and abs(sum(places) / 4000 - 0.5) < 0.02


def test_what_the_caps_leave_waits_for_the_next_day_in_a_random_order(db, log, endpoint_env):
    write(log, 0, 30)
    watch(db, log, caps=Caps(calls=12))
    first = read(db)
    assert len(endpoint_env.chats) == 12 and (first.judged.waiting, first.failed) == (18, False)
    assert "18 traces wait to be judged: the caps (12 calls a day) are used up" in " ".join(first.said)
    by_place = sorted((f"p{n}" for n in range(30)), key=lambda name: sampled.place_of(0, name))
    assert set(verdicts(db)) == set(by_place[:12])
    assert read(db).judged.waiting == 18 and len(endpoint_env.chats) == 12
    db.execute("update runs set created_at = '2026-01-01T00:00:00Z'")  # it was another day's
    assert read(db).judged.waiting == 6 and set(verdicts(db)) == set(by_place[:24])


def test_what_waits_longer_than_the_window_is_counted_as_not_judged(db, log, endpoint_env):
    write(log, 0, 3)
    watch(db, log, caps=Caps(calls=1))
    read(db)
    db.execute("update watch_traces set drawn_at = '2026-01-01T00:00:00Z'")
    db.execute("update runs set created_at = '2026-01-01T00:00:00Z'")
    found = read(db)
    assert (found.judged.waiting, found.judged.expired, len(endpoint_env.chats)) == (0, 2, 1)
    assert "2 traces not judged" in " ".join(found.said)


def test_a_cap_on_cost_stops_by_the_price(db, log, endpoint_env):
    write(log, 0, 40)
    with pytest.raises(UsageError, match="A cap on cost needs a price"):
        watch(db, log, caps=Caps(cost=0.01))
    prices.put(db, "test-model", 10, 10)  # 120 tokens a call: 0.0012
    watch(db, log, caps=Caps(cost=0.01))
    found = read(db)
    assert found.judged.waiting > 0 and 1 <= len(endpoint_env.chats) <= 8 + sampled.CONCURRENCY
    before = len(endpoint_env.chats)
    assert read(db).judged.waiting > 0 and len(endpoint_env.chats) <= before + 8


def test_a_reading_that_was_killed_is_gone_on_with(db, log, endpoint_env):
    write(log, 0, 120)
    watch(db, log)
    seen: list = []
    process = command(db, "watch", "run", "--once")
    endpoint_env.plan = nth_call(60, lambda: (process.kill(), seen.append(60)))
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -9 and seen
    kept = set(verdicts(db))
    assert 0 < len(kept) < 120
    calls = len(endpoint_env.chats)
    found = read(db)
    assert found.judged.waiting == 0 and set(verdicts(db).values()) == {1} and len(verdicts(db)) == 120
    again = Counter(judged(endpoint_env))
    assert all(again[f"question {name[1:]}."] == 1 for name in kept)
    assert len(endpoint_env.chats) - calls == 120 - len(kept)
    assert {run.status for run in runs.every(db)} == {"cancelled", "done"}


def test_traces_whose_reading_was_cut_off_before_they_were_drawn_are_drawn_by_the_next(db, log):
    """Stored, but how far the file is read was not kept yet: it is read again, recognised, and judged once."""
    write(log, 0, 4)
    watch(db, log)
    read(db)
    db.execute("delete from watch_files")
    assert read(db).files[0].text == "app.jsonl: 0 new traces, 4 already stored."
    assert set(verdicts(db).values()) == {1}


def test_an_endpoint_that_refuses_keeps_no_trace_out_and_is_said(db, log, endpoint_env):
    write(log, 0, 3)
    watch(db, log)
    endpoint_env.plan = error(401, "no")
    found = read(db)
    assert traces.count(db) == 3 and found.failed and found.judged.waiting == 3
    endpoint_env.plan = {}
    assert read(db).judged.waiting == 0 and len(verdicts(db)) == 3


def test_one_process_reads_a_watch_at_a_time(db, log):
    write(log, 0, 1)
    watch(db, log)
    with FileLock(f"{db.path}.watch-{watches.get(db, 'app').key}.lock"), pytest.raises(UsageError, match="another"):
        read(db)
    assert read(db).drawn == 1


def test_another_version_of_the_prompt_judges_only_what_comes_from_then_on(db, log, endpoint_env):
    write(log, 0, 2)
    watch(db, log)
    read(db)
    judging.save_prompt(db, judging.DEFAULT_JUDGE, f"{judging.DEFAULT_TEMPLATE} Be strict.", [])
    write(log, 2, 2)
    read(db)
    assert len(endpoint_env.chats) == 4 and judges.newest_prompt(db, judging.DEFAULT_JUDGE).number == 2


def test_the_rates_by_day_are_those_of_the_chart_over_time(db, log):
    add(db, row(Trace("labelled", "a question", "an answer"), Ann="pass"))
    write(log, 0, 40)
    watch(db, log)
    read(db)
    found = over_time.series(db, "day", "judge", seen=True)
    assert [(point.name, point.cell.n) for point in found.points] == [("2026-03-02", 40)]
    assert found.points[0].cell.rate.low is not None and "not enough labels" in found.overall.corrected.why


@pytest.mark.parametrize(("values", "said"), [
    ({"place": "nowhere"}, "There is no file or folder"), ({"judge": "nobody"}, "no judge 'nobody'"),
    ({"webhook": "ALERTS"}, "ALERTS is not among the secrets"), ({"mail": "team"}, "'team' is no e-mail address"),
    ({"mail": "team@example.org"}, "needs PLUMBLINE_SMTP_HOST"), ({"days": 0}, "window is between 1 and 90"),
    ({"share": 0}, "above 0 and at most 1")])
def test_what_could_not_work_is_refused_at_once(db, log, values, said):
    write(log, 0, 1)
    place, judge = values.pop("place", log), values.pop("judge", None)
    chosen = {"share": 1, "seed": 0, "every": 600, "most": Caps(), "days": 7} | values
    with pytest.raises(UsageError, match=said):
        watching.add(db, "app", str(place), judge, watching.settings(**chosen))
    assert watches.every(db) == []


def test_a_watch_that_is_removed_leaves_what_it_brought(db, log):
    write(log, 0, 2)
    watch(db, log)
    read(db)
    watches.remove(db, "app")
    assert watches.every(db) == [] and traces.count(db) == 2 and len(verdicts(db)) == 2
    watch(db, log)  # the same name again: what is judged stays judged
    read(db)
    assert set(verdicts(db).values()) == {1}

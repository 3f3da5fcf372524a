"""Projects share a file and nothing else: every store function is asked for what is another project's.

It neither shows nor changes it.
"""


import pytest

from lib.models.replies import Answer
from lib.records import Circumstances, UsageError, Verdict
from lib.store import experts, jobs, prices, projects
from lib.store.dataset import answers, generations, systems, tables, traces
from lib.store.dataset.traces import Filter
from lib.store.errors import failure_modes
from lib.store.judge import comparisons, judges, runs, verdicts
from lib.store.judge.reuse import Asked
from lib.store.review import labels, reveals
from tests.support import ownership
from tests.support.steps import add, row, say


def fill(store, make_trace, word: str) -> dict[str, int]:
    """A project with one of everything; both projects use the same ids and names."""
    trace = make_trace("t1", input=f"{word} input", dimensions={"topic": (word,)}, system_version=word)
    add(store, row(trace, modes=(word,), verdicts={"GPT-4": Verdict("pass", word)}))
    label = say(store, "t1", "fail", critique=word, token=word, circumstances=Circumstances(seconds=9)).key
    labels.save_draft(store, "t1", "Ann", word)
    prompt = judges.save_prompt(store, "judge", word, [label]).key
    add(store, make_trace("t2", input=f"{word} second"))
    if word == "theirs":
        reveals.add(store, "t2", "Ann")
    run = runs.create(store, prompt, "m", "embedded", token=word)
    verdicts.save(store, run, traces.key_of(store, "t2"), Verdict(None, error="timeout", raw=word, milliseconds=9))
    generations.save(store, {"topic": word}, "p", "m", "embedded", [f"{word} proposal"])
    system = systems.add(store, "v1", "http", {"url": word})
    add(store, make_trace("t3", input=f"{word} third", output=None))
    job = jobs.create(store, "generate", [(traces.key_of(store, "t1"), {"word": word})], token=word)
    return {"system": system.id, "open": traces.key_of(store, "t3"), "job": job,
            "item": jobs.items(store, job)[0]["key"],
            "trace": traces.key_of(store, "t1"), "second": traces.key_of(store, "t2"), "label": label, "prompt": prompt,
            "run": run, "proposal": generations.proposed(store)[0]["id"]}


@pytest.fixture
def two(db, make_trace):
    """(my project, the other, the other's keys)"""
    other = projects.create(db, "Other", "Did it?")
    fill(db, make_trace, "mine")
    return db, other, fill(other, make_trace, "theirs")


REFUSED = {
    "traces.by_key": lambda mine, key: traces.by_key(mine, key["trace"]),
    "labels.by_keys": lambda mine, key: labels.by_keys(mine, [key["label"]]),
    "judges.prompt_by_key": lambda mine, key: judges.prompt_by_key(mine, key["prompt"]),
    "judges.save_prompt": lambda mine, key: judges.save_prompt(mine, "judge", "x", [key["label"]]),
    "judges.save_prompt of theirs": lambda mine, key: judges.save_prompt(mine, "judge", "x", parent=key["prompt"]),
    "runs.get": lambda mine, key: runs.get(mine, key["run"]),
    "verdicts.whole": lambda mine, key: verdicts.whole(mine, key["run"], "t1"),
    "runs.create": lambda mine, key: runs.create(mine, key["prompt"], "m", "embedded"),
    "runs.again": lambda mine, key: runs.again(mine, key["run"]),
    "runs.over": lambda mine, key: runs.over(mine, Asked(key["prompt"], "m", "embedded"), [key["trace"]], 4),
    "jobs.create": lambda mine, key: jobs.create(mine, "generate", [(key["trace"], {})]),
    "jobs.create with a system": lambda mine, key: jobs.create(mine, "answer", [(None, {})], system=key["system"]),
    "systems.by_key": lambda mine, key: systems.by_key(mine, key["system"]),
    "answers.save": lambda mine, key: answers.save(mine, key["open"], "v1", Answer("x")),
    "jobs.get": lambda mine, key: jobs.get(mine, key["job"]),
    "jobs.item": lambda mine, key: jobs.item(mine, key["job"], key["item"]),
    "generations.one": lambda mine, key: generations.one(mine, key["proposal"]),
    "generations.accept": lambda mine, key: generations.accept(mine, key["proposal"], "x"),
    "generations.accept_all": lambda mine, key: generations.accept_all(mine, [key["proposal"]]),
    "generations.reject": lambda mine, key: generations.reject(mine, key["proposal"], "x"),
    "generations.reopen": lambda mine, key: generations.reopen(mine, key["proposal"]),
    "generations.keep_opinion": lambda mine, key: generations.keep_opinion(mine, key["proposal"], "yes: x"),
}
EMPTY = {
    "runs.pending": lambda mine, key: runs.pending(mine, key["run"]),
    "runs.status": lambda mine, key: runs.status(mine, key["run"]),
    "runs.set_status": lambda mine, key: runs.set_status(mine, key["run"], "cancelled"),
    "runs.reached": lambda mine, key: runs.reached(mine, key["run"], "http://elsewhere"),
    "runs.say": lambda mine, key: runs.say(mine, key["run"], "x"),
    "answers.has": lambda mine, key: answers.has(mine, key["trace"], "theirs"),
    "answers.note": lambda mine, key: answers.note(mine, key["open"], {"error": "x"}),
    "generations.written_by": lambda mine, key: generations.written_by(mine, key["job"]),
    "jobs.pending": lambda mine, key: jobs.pending(mine, key["job"]),
    "jobs.items": lambda mine, key: jobs.items(mine, key["job"]),
    "jobs.rate": lambda mine, key: jobs.rate(mine, key["job"], within=10**9),
    "jobs.status": lambda mine, key: jobs.status(mine, key["job"]),
    "jobs.set_status": lambda mine, key: jobs.set_status(mine, key["job"], "cancelled"),
    "jobs.say": lambda mine, key: jobs.say(mine, key["job"], "x"),
    "jobs.keep_item": lambda mine, key: jobs.keep_item(mine, key["job"], key["item"], "timeout"),
    "jobs.forget_unanswered": lambda mine, key: jobs.forget_unanswered(mine, key["job"]),
    "runs.note_dropped": lambda mine, key: runs.note_dropped(mine, key["run"], 1, 1, 1, 1),
    "verdicts.save": lambda mine, key: verdicts.save(mine, key["run"], key["trace"], Verdict("fail")),
    "runs.drop_unanswered": lambda mine, key: runs.drop_unanswered(mine, key["run"]),
    "runs.drop_errors": lambda mine, key: runs.drop_errors(mine, key["run"]),
    "verdicts.counts": lambda mine, key: verdicts.counts(mine, key["run"], "Ann").n,
    "verdicts.left_out": lambda mine, key: verdicts.left_out(mine, key["run"], "Ann").n,
    "verdicts.measured": lambda mine, key: verdicts.measured(mine, key["run"], "Ann").counts.n,
    "verdicts.measured_between": lambda mine, key: verdicts.measured_between(
        mine, key["run"], "Ann", True, 0, 10**9).counts.n,
    "verdicts.reach": lambda mine, key: verdicts.reach(mine, key["run"])[1],
    "verdicts.any_pair": lambda mine, key: verdicts.any_pair(mine, key["run"], "Ann"),
    "comparisons.rows": lambda mine, key: comparisons.rows(mine, key["run"], key["run"], "Ann", every=True),
    "comparisons.flips": lambda mine, key: comparisons.flips(mine, key["run"], key["run"], "Ann").n,
    "comparisons.sealed": lambda mine, key: comparisons.sealed(mine, key["run"], key["run"], "Ann", every=True),
    "comparisons.together": lambda mine, key: comparisons.together(
        mine, [key["run"]], key["run"], "Ann", every=True)[0][key["run"]][0].n,
    "verdicts.tables": lambda mine, key: verdicts.tables(mine, "judge", [key["run"]], "Ann"),
    "verdicts.pairs": lambda mine, key: verdicts.pairs(mine, key["run"], "Ann", "all"),
    "verdicts.newest_pairs": lambda mine, key: verdicts.newest_pairs(mine, key["run"], "Ann", "all", 30, 500),
    "traces.count in a run": lambda mine, key: traces.count(mine, Filter(in_run=str(key["run"]))),
    "labels.of_token": lambda mine, key: labels.of_token(mine, "theirs"),
    "reveals.known": lambda mine, key: reveals.known(mine, "t2", "Ann"),
    "reveals.add": lambda mine, key: reveals.add(mine, "t1", "Ann"),
    "labels.save_draft": lambda mine, key: labels.save_draft(mine, "t1", "Ann", ""),
    "failure_modes.give": lambda mine, key: failure_modes.give(mine, "t1", []),
    "experts.make_principal": lambda mine, key: experts.make_principal(mine, "Ann"),
    "experts.describe": lambda mine, key: experts.describe(mine, "Ann", "x", "y"),
    "projects.ask": lambda mine, key: projects.ask(mine, "changed?"),
    "projects.rename": lambda mine, key: projects.rename(mine, "Renamed"),
    "projects.archive": lambda mine, key: projects.archive(mine),
    "projects.bring_back": lambda mine, key: projects.bring_back(mine),
    "judges.rename": lambda mine, key: judges.rename(mine, "judge", "renamed"),
    "judges.archive": lambda mine, key: judges.archive(mine, "judge"),
    "judges.bring_back": lambda mine, key: judges.bring_back(mine, "judge"),
    "runs.rate": lambda mine, key: runs.rate(mine, key["run"], within=10**9),
    "verdicts.pair": lambda mine, key: verdicts.pair(mine, key["run"], "Ann", "t1"),
}


def everything(store) -> list:
    """All that is kept of a project, row by row."""
    return [list(map(tuple, store.rows(sql))) for sql in (
        "select * from projects where id = :project",
        "select * from experts where project = :project",
        "select * from traces where project = :project",
        "select l.* from labels l join traces t on t.id = l.trace where t.project = :project",
        "select d.* from drafts d join traces t on t.id = d.trace where t.project = :project",
        "select r.* from reveals r join traces t on t.id = r.trace where t.project = :project",
        "select f.* from trace_failure_modes f join traces t on t.id = f.trace where t.project = :project",
        "select p.* from prompt_versions p join judges j on j.id = p.judge where j.project = :project",
        "select r.* from runs r join judges j on j.id = r.judge where j.project = :project",
        "select * from systems where project = :project",
        "select * from jobs where project = :project",
        "select i.* from job_items i join jobs j on j.id = i.job where j.project = :project",
        "select v.* from verdicts v join traces t on t.id = v.trace where t.project = :project",
        "select p.* from proposals p join generations g on g.id = p.generation where g.project = :project")]


@pytest.mark.parametrize("name", REFUSED)
def test_a_key_of_another_project_is_refused(two, name):
    mine, other, keys = two
    before = everything(mine), everything(other)
    with pytest.raises(UsageError):
        REFUSED[name](mine, keys)
    assert (everything(mine), everything(other)) == before


@pytest.mark.parametrize("name", EMPTY)
def test_a_key_of_another_project_shows_nothing_and_changes_nothing_there(two, name):
    mine, other, keys = two
    runs.set_status(other, keys["run"], "running")
    jobs.set_status(other, keys["job"], "running")
    before = everything(other)
    assert not EMPTY[name](mine, keys)
    assert everything(other) == before


def test_a_verdict_cannot_join_a_run_with_a_trace_of_another_project(two):
    mine, other, keys = two
    before = everything(mine), everything(other)
    verdicts.save(other, keys["run"], traces.key_of(mine, "t1"), Verdict("fail"))
    verdicts.save(mine, keys["run"], traces.key_of(mine, "t1"), Verdict("fail"))
    assert (everything(mine), everything(other)) == before


READS = {
    "traces.get": lambda s: traces.get(s, "t1").input,
    "traces.listing": lambda s: [one["input"] for one in traces.listing(s)],
    "traces.count": traces.count,
    "traces.with_parts": lambda s: traces.with_parts(s, list(range(99))),
    "traces.listing search": lambda s: traces.listing(s, Filter(search="theirs")),
    "traces.count value": lambda s: traces.count(s, Filter(dimension="topic", value="theirs")),
    "traces.count mode": lambda s: traces.count(s, Filter(failure_mode="theirs")),
    "traces.count version": lambda s: traces.count(s, Filter(system_version="theirs")),
    "traces.count label": lambda s: traces.count(s, Filter(label="any", expert="Ann")),
    "traces.count period": lambda s: traces.count(s, Filter(since="2000-01-01", until="2100-01-01")),
    "traces.step": lambda s: traces.step(s, Filter(), "t2"),
    "traces.dimensions": traces.dimensions,
    "traces.system_versions": traces.system_versions,
    "traces.some_inputs": traces.some_inputs,
    "labels.history": lambda s: labels.history(s, "t1"),
    "labels.candidates": lambda s: [labels.candidates(s, "Ann", split) for split in ("train", "dev", "test")],
    "labels.tally": lambda s: labels.tally(s, "Ann"),
    "labels.newest": lambda s: labels.newest(s, "Ann"),
    "labels.progress": lambda s: labels.progress(s, "Ann"),
    "labels.before": lambda s: [labels.before(s, "Ann", "t1"), labels.before(s, "Ann", "t2", further=True)],
    "traces.answered": traces.answered,
    "labels.draft": lambda s: labels.draft(s, "t1", "Ann"),
    "experts.every": experts.every,
    "failure_modes.every": failure_modes.every,
    "failure_modes.of_trace": lambda s: failure_modes.of_trace(s, "t1"),
    "failure_modes.next_uncoded": lambda s: failure_modes.next_uncoded(s, "Ann"),
    "failure_modes.uncoded": lambda s: failure_modes.uncoded(s, "Ann"),
    "failure_modes.coded_unseen": lambda s: failure_modes.coded_unseen(s, "Ann"),
    "failure_modes.progress": lambda s: failure_modes.progress(s, "Ann"),
    "failure_modes.listing": lambda s: failure_modes.listing(s, "Ann"),
    "failure_modes.unconfirmed": failure_modes.unconfirmed,
    "failure_modes.distribution": lambda s: failure_modes.distribution(s, "Ann"),
    "failure_modes.tied": lambda s: failure_modes.tied(s, "Ann"),
    "judges.every": judges.every,
    "judges.numbers": judges.numbers,
    "judges.archived": judges.archived,
    "traces.archived": traces.archived,
    "judges.with_prompt": judges.with_prompt,
    "judges.special": judges.special,
    "judges.prompts": lambda s: judges.prompts(s, "judge"),
    "judges.newest_prompt": lambda s: judges.newest_prompt(s, "judge"),
    "runs.every": runs.every,
    "runs.numbers": runs.numbers,
    "runs.every of judge": lambda s: runs.every(s, "judge"),
    "runs.candidates": lambda s: runs.candidates(s, judges.newest_prompt(s, "judge").key),
    "runs.took": lambda s: runs.took(s, "m", "embedded"),
    "runs.newest": lambda s: runs.newest(s, "GPT-4"),
    "verdicts.marks": verdicts.marks,
    "verdicts.of_trace": lambda s: verdicts.of_trace(s, "t1"),
    "verdicts.counts_between": lambda s: verdicts.counts_between(s, "Ann", "Ann"),
    "verdicts.left_out_between": lambda s: verdicts.left_out_between(s, "Ann", "Ann"),
    "generations.proposed": lambda s: [row["input"] for row in generations.proposed(s, status=None)],
    "generations.counts": generations.counts,
    "generations.every_input": generations.every_input,
    "generations.written_for": lambda s: generations.written_for(s, {"topic": "theirs"}),
    "generations.spent": generations.spent,
    "jobs.known": lambda s: jobs.known(s, "theirs"),
    "systems.every": lambda s: [system.config for system in systems.every(s)],
    "systems.get": lambda s: systems.get(s, "v1").config,
    "answers.to_answer": lambda s: answers.to_answer(s, Filter(), "v1"),
    "answers.to_answer again": lambda s: answers.to_answer(s, Filter(), "v1", again=True),
    "answers.of_input": lambda s: answers.of_input(s, "t1"),
    "traces.keys": traces.keys,
    "jobs.every": lambda s: [(job.kind, job.total) for job in jobs.every(s)],
    "tables.traces": lambda s: [*tables.traces(s)[0], *tables.traces(s)[1]],
    "tables.inputs": lambda s: list(tables.inputs(s)[1]),
    "tables.of_users": lambda s: list(tables.of_users(s)[1]),
    "tables.labels": lambda s: list(tables.labels(s)[1]),
    "tables.verdicts": lambda s: list(tables.verdicts(s)[1]),
    "tables.queue": lambda s: list(tables.queue(s)[1]),
    "projects.current": projects.current,
    "experts.at_work": experts.at_work,
}

# These make or find something by its name in the project of the handle; `fill` calls them for both projects.
BY_NAME = {"experts.check_own", "experts.check_principal", "experts.decides",  # of the handle's own principal
           "experts.may_begin",
           "experts.check_expert", "experts.describes", "experts.works_as",
           "experts.add", "experts.called", "experts.row_of", "experts.principal", "failure_modes.add",
           "generations.save", "judges.add", "judges.row_of", "judges.kind_of", "judges.recorded_run",
           "judges.add_special",
           "labels.save", "labels.current", "systems.add", "traces.key_of",
           "traces.whole"}  # of a row that is handed over
WHOLE_FILE = {"projects.every", "projects.choose", "projects.create", "projects.create_new", "projects.like",
              "projects.setting", "projects.set_setting",
              "prices.every", "prices.put", "prices.forget", "prices.cost",
              "endpoint_habits.of", "endpoint_habits.note"}


def test_every_function_of_the_store_is_tried_here():
    public = ownership.public(answers, comparisons, experts, failure_modes, generations, jobs, judges, labels, prices,
                              projects, reveals, runs, systems, tables, traces, verdicts)
    assert public - BY_NAME - WHOLE_FILE == {name.split()[0] for name in (*REFUSED, *EMPTY, *READS)}


@pytest.mark.parametrize("name", READS)
def test_what_is_asked_by_name_is_the_projects_own(db, make_trace, name):
    fill(db, make_trace, "mine")
    alone = READS[name](db)
    fill(projects.create(db, "Other"), make_trace, "theirs")
    assert READS[name](db) == alone
    assert "theirs" not in repr(alone)


def test_a_project_of_the_same_name_is_opened_not_doubled(db):
    assert projects.create(db, " Test ") == db
    assert projects.choose(db, "Test") == db and projects.choose(db.of(0), None) == db
    with pytest.raises(UsageError, match=r"no project 'None such'.* Test"):
        projects.choose(db, "None such")
    with pytest.raises(UsageError, match="no such project in this file any more"):
        projects.current(db.of(99))
    db.execute("delete from projects")
    with pytest.raises(UsageError, match="holds no project yet"):
        projects.current(db)

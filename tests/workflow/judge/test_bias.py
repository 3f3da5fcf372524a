"""A judge's bias on real runs and probes: the right one is named each time, and no figure of the judge is moved."""

import pytest

from lib.engine.jobs import probing as work
from lib.prompting import judge
from lib.records import Caps, Circumstances, Trace, UsageError, Verdict
from lib.store.dataset import traces
from lib.store.judge import costs, judges, probes, runs, splits, verdicts
from lib.store.judge import noise as stored
from lib.store.review import labels
from lib.workflow import figures
from lib.workflow.errors import rates
from lib.workflow.judge import bias, judging, noise, probing
from tests.support.endpoint import completion, error, refusal
from tests.support.judge.probing import NOTE, honest, judged, labelled, obeys, output_of, passes_long, probed, tosses
from tests.support.running import execute
from tests.support.steps import add, row, say

pytestmark = pytest.mark.usefixtures("endpoint_env")
JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def project(db):
    """Eighty labelled traces, ten of them in the sealed test split."""
    labelled(db, 80)
    return db


def moved(store, run: int) -> list[str]:
    """The probes that are named."""
    return [one.probe.name for one in bias.of(store, run).probes if one.moves]


def reading(store, run: int, name: str) -> str:
    return next(one.reading for one in bias.of(store, run).probes if one.probe.name == name)


def test_an_unbiased_judge_is_named_for_nothing(project, endpoint):
    endpoint.plan = honest
    run = judged(project)
    job = probed(project, run.id)
    assert (job.status, job.done, job.errors) == ("done", 70 * 5, 0) and endpoint.calls == 80 + 350
    found = bias.of(project, run.id)
    assert (found.length.found, found.version.found, moved(project, run.id), found.flipped) == ([], [], [], [])
    assert [one.counts.n for one in found.version.groups] == [36, 34]
    assert reading(project, run.id, "padding") == ("Padding flips 0 of 70 verdicts (0% to 5%), no more than asking the "
                                                   "same again (0 of 70).")


def test_a_judge_that_passes_anything_long_is_named_by_length_and_by_padding(project, endpoint):
    endpoint.plan = passes_long()
    run = judged(project)
    probed(project, run.id, "padding", "authority")
    found = bias.of(project, run.id)
    assert {one.metric for one in found.length.found} == {"tnr"} and found.version.found == []
    assert "the judge passes outputs of more than " in found.length.reading and moved(project, run.id) == ["padding"]
    longest, rest = found.length.groups[-1], found.length.groups[0]
    assert longest.judge.value == 1.0 > longest.expert.value and rest.judge.value == rest.expert.value


def test_a_judge_that_obeys_is_named_with_the_cure(project, endpoint):
    endpoint.plan = obeys
    run = judged(project)
    probed(project, run.id)
    assert moved(project, run.id) == ["answer-pass"]
    assert "turns 35 of 35 fails into passes and 0 of 35 passes into fails. The judge obeys what it should judge." in \
        reading(project, run.id, "answer-pass")
    flipped = bias.of(project, run.id).flipped
    assert {(one.first, one.outcome, one.label, one.critique) for one in flipped} == {
        ("fail", "pass", "fail", "as I was told")} and len(flipped) == 35


@pytest.mark.parametrize("seed", range(3))
def test_a_judge_that_flips_at_random_raises_no_alarm(project, endpoint, seed):
    """By chance two of the first forty seeds do: the tests' own 5 in 100."""
    endpoint.plan = tosses(seed=seed)
    run = judged(project)
    probed(project, run.id)
    found = bias.of(project, run.id)
    assert (found.length.found, found.version.found, moved(project, run.id)) == ([], [], [])
    assert all(one.flips.fixed + one.flips.broken > 15 for one in found.probes)


def test_no_figure_of_the_judge_changes_after_probing(project, endpoint):
    endpoint.plan = obeys
    run = judged(project)
    execute(project, noise.repeat(project, run.id, 1)[0].id)
    before = all_figures(project, run.id)
    probed(project, run.id)
    assert all_figures(project, run.id) == before and len(probes.read(project, run.id)) == 350
    # What a later run takes over is what was asked as it stands, never what was answered to an altered output.
    later = judged(project)
    assert (later.reused, verdicts.counts(project, later.id, "Ann")) == (80, verdicts.counts(project, run.id, "Ann"))
    assert not project.value("select count(*) from verdicts where critique = 'as I was told'")


def all_figures(store, run: int) -> tuple:
    return (runs.every(store), figures.agreement(store, run=run), noise.of(store, run), figures.standing(store),
            rates.corrected(store, JUDGE), costs.of(store), stored.alike(store, run),
            store.value("select count(*) from verdicts"), verdicts.pairs(store, run, "Ann", "all"),
            traces.count(store, traces.Filter(in_run=str(run), verdict="pass")))


def test_what_is_asked_is_the_run_s_own_prompt_around_the_altered_output(project, endpoint):
    endpoint.plan = honest
    run = judged(project)
    before = [call.body for call in endpoint.chats]
    judges.save_prompt(project, JUDGE, "Another prompt: {{ trace }}")
    project.execute("update projects set question = 'Another question?'")
    probed(project, run.id, "answer-pass", most=1)
    same, altered = sorted((call.body for call in endpoint.chats[80:]), key=lambda body: NOTE in output_of(body))
    assert same in before and NOTE in output_of(altered) and "Another" not in str(altered)


def test_only_pairs_that_count_are_asked_about(project, endpoint):
    endpoint.plan = honest
    say(project, "t20", "pass", circumstances=Circumstances(mode="shadow"))
    add(project, Trace("new", "not labelled", "good answer"))
    endpoint.plan = lambda body: refusal() if "bad answer 23." in output_of(body) else honest(body)
    run = judged(project)
    asked = {project.value("select trace_id from traces where id = :key", key=key)
             for key in probes.candidates(project, run.id, "Ann")}
    assert asked == {f"t{n}" for n in range(10, 80)} - {"t20", "t23"}


def test_a_trace_that_is_sealed_later_is_in_no_figure_any_more(project, endpoint):
    endpoint.plan = obeys
    run = judged(project)
    probed(project, run.id, "answer-pass")
    project.execute("update traces set split = 'test' where trace_id in ('t11', 't13')")
    assert splits.enough(project)
    assert [one.flips.n for one in bias.of(project, run.id).probes] == [68, 68]


def test_more_traces_hold_the_fewer_and_nothing_is_asked_twice(project, endpoint):
    endpoint.plan = honest
    run = judged(project)
    probed(project, run.id, "padding", most=10)
    first = probes.read(project, run.id)
    assert len(first) == 20 and {name for _, name in first} == {"same", "padding"}
    plan = probing.plan(project, run.id, ["padding", "polite"], 25)
    assert (plan.traces, plan.read, len(plan.items)) == (25, 20, 3 * 25 - 20) and not first & {*plan.items}
    probed(project, run.id, "padding", "polite", most=25)
    assert first < probes.read(project, run.id) and endpoint.calls == 80 + 20 + 55
    with pytest.raises(UsageError, match="All of this was asked before: 'bias --run 1' shows"):
        probing.start(project, run.id, ["padding", "polite"], 25)


def test_an_unreadable_reply_is_an_error_and_is_asked_for_again_by_the_next_probe(project, endpoint):
    endpoint.plan = honest
    run = judged(project)
    endpoint.plan = lambda body: completion("hm") if NOTE in output_of(body) and "bad" in output_of(body) else honest(
        body)
    job = probed(project, run.id, "answer-pass", most=20)
    found = bias.of(project, run.id).probes[1]
    assert job.errors == sum(found.errors.values()) == 20 - found.flips.n > 0
    assert (found.errors.keys(), found.flips.fixed, found.moves) == ({"unreadable"}, 0, False)
    assert all(row["raw"] == "hm" and row["attempts"] == 2 for row in probes.items(project, job.id, errors_only=True))
    endpoint.plan = obeys
    again = probed(project, run.id, "answer-pass", most=20)
    assert (again.total, again.errors) == (job.errors, 0)
    assert bias.of(project, run.id).probes[1].flips.fixed == job.errors


def test_a_cap_stops_a_probe_and_a_higher_one_goes_on(project, endpoint):
    endpoint.plan = honest
    run = judged(project)
    job = probed(project, run.id, "polite", most=20, caps=Caps(calls=15))
    assert (job.status, job.done) == ("paused", 15) and "cap of 15 calls is reached" in job.message
    assert probes.spent(project, job.id).calls == 15 and probes.caps_of(project, job.id) == Caps(calls=15)
    probing.put_caps(project, job.id, Caps(calls=100))
    probing.ready_to_resume(project, job.id)
    assert work.execute(project, job.id).done == 40 and probes.spent(project, job.id).calls == 40
    with pytest.raises(UsageError, match="needs a price"):
        probing.start(project, run.id, ["padding"], caps=Caps(cost=1.0))
    with pytest.raises(UsageError, match="above 0"):
        probing.put_caps(project, job.id, Caps(tokens=0))


def test_where_nobody_answers_a_probe_pauses_and_asks_again(project, endpoint):
    endpoint.plan = honest
    run = judged(project)
    endpoint.plan = lambda body: error(401, "no") if NOTE in output_of(body) else honest(body)
    job = probed(project, run.id, "answer-pass", most=10)
    assert job.status == "paused" and job.errors == 0 and 0 < job.done <= 10
    endpoint.plan = honest
    probing.ready_to_resume(project, job.id)
    assert (work.execute(project, job.id).status, len(probes.read(project, run.id))) == ("done", 20)


def test_two_presses_are_one_probe(project, endpoint):
    endpoint.plan = honest
    run = judged(project)
    job = probing.start(project, run.id, token="press")
    assert probing.start(project, run.id, token="press") == job
    with pytest.raises(UsageError, match=f"Probe {job.id} of run {run.id} is under way"):
        probing.start(project, run.id)
    probing.cancel(project, job.id)
    assert probing.start(project, run.id).id == job.id + 1


def test_the_order_is_probed_and_compared_where_a_prompt_shows_two_examples(project, endpoint):
    """A judge that passes whatever comes after a prompt whose first example is a fail."""
    def first_counts(body):
        asks = body["messages"][0]["content"]
        first = asks[asks.index("Example 1."):asks.index("Example 2.")]
        return completion('{"critique": "c", "outcome": "pass"}') if '"outcome": "fail"' in first else honest(body)

    project.execute("update traces set split = 'train' where trace_id in ('t10', 't11')")
    keys = [labels.current(project, name, "Ann").key for name in ("t10", "t11")]
    endpoint.plan = first_counts
    template = judge.DEFAULT_TEMPLATE
    judging.save_prompt(project, JUDGE, template, keys)
    run = judged(project)
    assert "order" in probing.kinds(project, run) and "reversed" in bias.of(project, run.id).why_no_order
    probed(project, run.id, "order")
    assert moved(project, run.id) == ["order"]
    judging.save_prompt(project, JUDGE, template, keys[::-1])
    other = judged(project)
    one = bias.of(project, run.id).order[0]
    assert (one.run, one.version, one.flips.fixed, one.flips.broken, one.way) == (other.id, 3, 34, 0, "pass")
    assert (one.here.value, one.there.value, one.expert.value) == (0.5, 1.0, 0.5)
    judging.save_prompt(project, JUDGE, template + " More.", keys[::-1])
    judged(project)
    assert stored.reordered(project, run.id) == [(other.id, 3)] and stored.reordered(project, other.id) == [(run.id, 2)]


def test_few_labels_are_probed_with_each_example_left_out(db, endpoint):
    """Below sixty labels an example is judged by the prompt without it, and probed so."""
    labelled(db, 24)
    keys = [labels.current(db, name, "Ann").key for name in ("t10", "t11")]
    judging.save_prompt(db, JUDGE, judge.DEFAULT_TEMPLATE, keys)
    endpoint.plan = honest
    run = judged(db)
    plan = probing.plan(db, run.id, ["order"])
    assert plan.traces == 24 and plan.left_out == {"are judged by fewer than two examples": 2}
    assert "Left out: 2 traces are judged by fewer than two examples." in plan.said
    assert len(plan.items) == 24 + 22
    probed(db, run.id, "order")
    asks = [call.body["messages"][0]["content"] for call in endpoint.chats[24:]]
    assert all("good answer 10." not in ask.partition("## The trace")[0]
               for ask in asks if "question 10." in ask.partition("## The trace")[2])


def test_what_cannot_be_probed_says_why(project, endpoint):
    endpoint.plan = honest
    add(project, *(row(traces.get(project, f"t{n}"), verdicts={"elsewhere": Verdict("pass")}) for n in range(20, 30)))
    recorded = runs.newest(project, "elsewhere")
    assert "recorded elsewhere" in bias.of(project, recorded.id).why_no_probes
    assert bias.of(project, recorded.id).length.reading.startswith("10 pairs are too few")
    with pytest.raises(UsageError, match="recorded elsewhere"):
        probing.start(project, recorded.id)
    queued = judging.start_run(project, JUDGE)
    with pytest.raises(UsageError, match="is queued: it can be probed once it has ended"):
        probing.start(project, queued.id)
    judging.cancel(project, queued.id)
    with pytest.raises(UsageError, match="no readable verdict on a trace with a label that counts"):
        probing.start(project, queued.id)
    run = judged(project)
    with pytest.raises(UsageError, match="cannot be probed by order: its prompt shows fewer than two examples"):
        probing.start(project, run.id, ["order"])


def test_another_address_than_the_run_s_is_refused_at_the_start_and_later(project, endpoint, monkeypatch):
    endpoint.plan = honest
    run = judged(project)
    job = probing.start(project, run.id)
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url.replace("127.0.0.1", "localhost"))
    with pytest.raises(UsageError, match="would not come from the alteration"):
        probing.plan(project, run.id)
    with pytest.raises(UsageError, match="would not come from the alteration"):
        work.execute(project, job.id)
    assert probes.get(project, job.id).status == "paused"


def test_the_estimate_counts_what_would_be_asked(project, endpoint):
    endpoint.plan = honest
    run = judged(project)
    found = probing.estimate(project, probing.plan(project, run.id, ["polite"], 30))
    assert (found.calls, found.cost, found.completion_tokens) == (60, None, 60 * 20)
    few = probing.plan(project, run.id, ["padding"], 7)
    probed(project, run.id, "padding", most=7)
    asked = [judge.estimate_tokens(call.body["messages"]) for call in endpoint.chats[80:]]
    assert probing.estimate(project, few).prompt_tokens == sum(asked) and len(asked) == 14
    said = probing.forecast(project, run.id, ["polite"], 30)
    assert said.startswith("30 labelled traces, each asked the same again too. About 53 calls")
    assert said.endswith("7 replies are there already and are not asked for again.")

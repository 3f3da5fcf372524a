"""The command line on files: import, traces, export, backup, and what each refusal says, with its exit code."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from lib.store import default_path
from tests.support import HOUSE
from tests.support.commands import EXAMPLES, IMPORT_MEETINGS, IMPORT_NQ, MEETINGS, NQ, CommandLine
from tests.support.formats import DATA
from tests.support.steps import fresh

COMMANDS = ["agreement", "analyse", "analyses", "answer", "assertion", "assertions", "backup", "baselines", "batch",
            "bench", "bias", "cascade", "check", "compare", "compare-models", "criteria", "cycles", "export",
            "feedback", "fetch-model", "fix", "fixes", "gate", "generate", "import", "imports", "init", "insights",
            "job-resume", "jobs", "judge", "judge-new", "judge-prompt", "judges", "log", "merge", "modes", "noise",
            "notes", "people", "probe", "probes", "projects", "proposals", "queue", "rates", "reference",
            "replace-model", "report", "resume", "reviewers", "rulings", "run", "runs", "serve-model", "sign-offs",
            "source", "splits", "suggest", "suggestions", "system-add", "systems", "threshold", "traces", "users",
            "watch"]


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    return CommandLine(tmp_path / "plumbline.db")


@pytest.fixture
def small(tmp_path) -> Path:
    """Three traces with an outcome, a scale, a dimension and a context."""
    path = tmp_path / "small.csv"
    path.write_text("id,input,output,ann_label,ann_critique,stars,topic,passage,verdict\n"
                    "0012,a?,A,pass,fine,5,x,p1,yes\n1e5,b?,B,fail,wrong,2,y,p2,no\n3,c?,C,,,3,x,p3,cannot tell\n")
    return path


def python(*words: object, **env: str) -> subprocess.CompletedProcess:
    """`python -m lib` as a shell calls it."""
    import os

    return subprocess.run([sys.executable, "-m", "lib", *map(str, words)], cwd=HOUSE, capture_output=True, text=True,
                          timeout=60, env={**os.environ, **env}, check=False)


def test_the_search_answers_are_imported_by_the_issues_command_line(cli):
    said = cli(*IMPORT_NQ).stdout
    assert "1,490 new traces" in said and "2,980 verdicts (2 of them errors)" in said
    assert cli.json("traces")["total"] == 1490
    assert {run["judge"]: (run["status"], run["done"], run["errors"]) for run in cli.json("runs")["runs"]} == {
        "gpt-4": ("recorded", 1490, 2), "davinci": ("recorded", 1490, 0)}
    again = cli(*IMPORT_NQ).stdout
    assert "0 new traces" in again and "1,490 already stored; 0 labels, 0 verdicts" in again


def test_the_meeting_summaries_are_imported_by_the_issues_command_line(cli):
    said = cli(*IMPORT_MEETINGS).stdout
    assert "884 new traces" in said and "884 labels" in said and "0 failure modes" not in said
    overall = cli.json("rates", "--by", "topic_category")["overall"]
    assert overall == cli.json("rates")["overall"]
    assert {name: overall[name] for name in ("value", "n", "passes", "fails")} == {
        "value": "all", "n": 884, "passes": 575, "fails": 309}
    assert "0 new traces, 0 of earlier traces answered, 884 already stored; 0 labels" in cli(*IMPORT_MEETINGS).stdout


def test_the_first_expert_named_becomes_principal(cli):
    cli(*IMPORT_NQ)
    assert cli.json("agreement", "--judge", "gpt-4")["expert"] == "adjudicated"


def test_a_dry_run_says_how_the_file_is_understood_and_makes_nothing(cli, small):
    said = cli("import", small, "--dry-run", "--verdict", "bot=verdict", project="New").stdout
    assert "input: input" in said and "ann_label: pass is understood as pass, 1 time" in said
    assert "verdict: cannot tell is understood as error, 1 time" in said
    assert "3 traces (0 rows repeat one), 2 labels, 3 verdicts (1 of them errors). Nothing was stored." in said
    assert not cli.path.exists()


def test_an_import_as_json_names_what_was_not_read_and_what_cannot_be(cli, tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("id,input,output,label,cost\na,A?,x,pass,1\nb,B?,,fail,2\nc,C?,z,unsure,3\n")
    looked = cli.json("import", file, "--dry-run", "--skip-bad-rows")
    assert looked["result"] is None and looked["unread"] == [{"what": "column 'cost'", "count": 3, "why": ""}]
    assert looked["counts"]["unanswered"] == {"column 'output' is empty there": 1}
    assert "'unsure' is neither pass nor fail" in cli.refused("import", file, code=1)
    assert {word["word"]: word["understood"] for word in looked["words"]}["unsure"] == "left out"
    assert looked["unsaid"] == ["label"]
    assert cli.json("import", file, "--dry-run", "--skip-bad-rows", "--label", "Ann=label")["unsaid"] == []
    said = cli.json("import", file, "--skip-bad-rows")
    assert (said["result"]["traces"], said["result"]["labels"], said["skipped_count"]) == (3, 2, 1)
    assert [(one["line"], one["column"], one["cell"]) for one in said["skipped"]] == [(4, "label", "unsure")]
    again = cli.json("import", file, "--skip-bad-rows", "--dry-run")["counts"]
    assert (again["new"], again["stored"]) == (0, 3)


def test_spans_and_their_log_records_are_imported_from_two_files(cli):
    spans, logs = (DATA / "cases" / "telemetry" / f"openai-v2-capture-true.{what}.json" for what in ("spans", "logs"))
    assert cli.json("import", spans, "--with", logs)["result"]["traces"] == 1
    assert cli.json("traces")["traces"][0]["input"] == "Do you ship to Norway?"


def test_a_scale_needs_a_threshold_and_the_threshold_is_stored(cli, small):
    said = cli.refused("import", small, "--label", "Ann=stars", code=1)
    assert "holds a scale (2, 3, 5)" in said and "threshold" in said
    assert "3 labels" in cli("import", small, "--label", "Ann=stars", "--threshold", 3).stdout
    assert [row["outcome"] for row in cli.json("traces")["traces"]] == ["pass", "fail", "pass"]
    stored = json.loads(fresh(cli.path).value("select mapping from imports"))
    assert stored["threshold"] == 3


def test_ids_survive_byte_for_byte(cli, small):
    cli("import", small)
    assert [row["trace_id"] for row in cli.json("traces")["traces"]] == ["0012", "1e5", "3"]


def test_a_map_names_the_columns_and_context_and_dimension_take_what_they_are_given(cli, tmp_path):
    file = tmp_path / "odd.jsonl"
    file.write_text('{"n": 7, "said": {"by": {"user": "hello"}}, "back": "hi", "doc": "d", "kind": "k", "v": "2.1"}\n')
    cli("import", file, "--map", "id=n", "--map", "input=said.by.user", "--map", "output=back", "--map",
        "system_version=v", "--context", "doc", "--dimension", "kind")
    [row] = cli.json("traces", "--dimension", "kind=k")["traces"]
    assert (row["trace_id"], row["input"], row["output"], row["system_version"]) == ("7", "hello", "hi", "2.1")
    assert fresh(cli.path).value("select context from traces") == '{"doc": "d"}'


@pytest.mark.parametrize(("words", "said"), [
    (["--map", "inptu=input"], "--map takes FIELD=COLUMN"), (["--map", "input=qestion"], "no column 'qestion'"),
    (["--context", "pasage"], "no column 'pasage'. Near to it: passage"), (["--dimension", "tpoic"], "topic"),
    (["--label", "Ann"], "--label takes NAME=COLUMN"), (["--label", "Ann=x"], "no column 'x'"),
    (["--verdict", "=verdict"], "--verdict takes NAME=COLUMN"), (["--threshold", "high"], "not a valid float"),
    (["--colour", "red"], "No such option"), (["--encoding", "klingon"], "no encoding called 'klingon'")])
def test_an_import_that_is_called_wrongly_says_how_and_makes_no_file(cli, small, words, said):
    assert said in cli.refused("import", small, *words, code=1 if "--encoding" in words else 2)
    assert not cli.path.exists()


def test_a_file_that_cannot_be_imported_leaves_no_project_behind(cli, small, tmp_path):
    cli("import", small)
    broken = tmp_path / "broken.csv"
    broken.write_text("id,input,output\n1,a?,A\n2,,B\n")
    said = cli.refused("import", broken, code=1, project="Another")
    assert "broken.csv, line 3, column 'input': the input is empty" in said
    assert "Projects in this file: My project." in cli.refused("traces", project="Another")


def test_an_import_into_a_named_project_makes_it(cli, small):
    cli("import", small, project="Second")
    assert cli.json("traces", project="Second")["total"] == 3
    cli("import", NQ, project="Third")
    assert (cli.json("traces")["total"], cli.json("traces", project="Third")["total"]) == (3, 1490)
    assert "no project 'Fourth'. Projects in this file: Second, Third." in cli.refused("traces", project="Fourth")


def test_traces_are_listed_by_every_filter(cli, small):
    cli("import", small, "--dimension", "topic")

    def listed(*words: object) -> list[str]:
        return [row["trace_id"] for row in cli.json("traces", *words)["traces"]]

    assert listed("--label", "pass") == ["0012"] and listed("--label", "none") == ["3"]
    assert listed("--label", "any") == ["0012", "1e5"] and listed("--limit", 1) == ["0012"]
    assert listed("--dimension", "topic=x") == ["0012", "3"] and listed("--dimension", "topic=z") == []
    assert listed("--search", "B?") == ["1e5"]
    assert sum(len(listed("--split", split)) for split in ("train", "dev", "test")) == 3
    assert cli.json("traces", "--limit", 1)["total"] == 3
    assert cli("traces", "--label", "fail").stdout.split("\t")[0::3] == ["1e5", "b?\n"]


@pytest.mark.parametrize(("words", "said"), [
    (["traces", "--dimension", "tone=x"], "no dimension 'tone'. Dimensions of this project: topic"),
    (["rates", "--by", "tone"], "no dimension 'tone'. Dimensions of this project: topic"),
    (["rates", "--expert", "Bob"], "no expert 'Bob'. Experts of this project: ann"),
    (["rates", "--source", "expert", "--judge", "bot"], "--judge cannot go with --source expert"),
    (["rates", "--source", "expert", "--corrected"], "--corrected cannot go with --source expert"),
    (["rates", "--corrected", "--by", "topic"], "--by cannot go with --corrected"),
    (["rates", "--judge", "bot", "--expert", "ann"], "--expert cannot go with --source judge"),
    (["rates", "--source", "judge"], "No judge has a verdict yet"),
    (["agreement", "--judge", "bot"], "no judge 'bot'. Judges of this project: desired outcome"),
    (["agreement", "--judge", "desired outcome"], "has not been run yet"),
    (["agreement", "--between", "ann", "Bob"], "no expert 'Bob'. Experts of this project: ann"),
    (["agreement"], "Name one of --judge, --run and --between"), (["agreement", "--run", "9"], "There is no run 9"),
    (["agreement", "--run", "1", "--judge", "x"], "Name one of"), (["resume", "9"], "There is no run 9"),
    (["run", "--judge", "bot"], "no judge 'bot'"), (["run"], "Missing option '--judge'"),
    (["export", "scores", "x.csv"], "'scores' is not one of"), (["export", "labels", "x.ods"], "Endings: csv, jsonl"),
    (["traces", "--split", "all"], "'all' is not one of"), (["fly"], "No such command 'fly'")])
def test_bad_usage_exits_with_2_and_names_what_is_known(cli, small, words, said):
    cli("import", small, "--dimension", "topic")
    assert said in cli.refused(*words)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_exports_imported_into_another_file_restore_traces_and_labels(cli, tmp_path, ending):
    cli(*IMPORT_MEETINGS)
    other = CommandLine(tmp_path / "other.db")
    for what in ("traces", "labels"):
        cli("export", what, tmp_path / f"{what}.{ending}")
    other("import", tmp_path / f"traces.{ending}", "--dimension", "topic_category", "--dimension", "assistant")
    assert "884 labels" in other("import", tmp_path / f"labels.{ending}").stdout
    assert contents(other.path) == contents(cli.path)


def contents(path: Path) -> list[list[tuple]]:
    store = fresh(path)
    return [list(map(tuple, store.rows(sql))) for sql in (
        "select trace_id, input, output, content_hash, split, source from traces order by id",
        """select t.trace_id, e.name, l.outcome, l.critique from labels l join traces t on t.id = l.trace
            join experts e on e.id = l.expert order by 1, 2""",
        """select t.trace_id, d.name, v.name from trace_values tv join traces t on t.id = tv.trace
            join dimension_values v on v.id = tv.value join dimensions d on d.id = v.dimension order by 1, 2, 3""")]


def test_exported_verdicts_hold_errors_with_their_text(cli, small, tmp_path):
    cli("import", small, "--verdict", "bot=verdict")
    cli("export", "verdicts", tmp_path / "deep" / "verdicts.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "deep" / "verdicts.jsonl").read_text().splitlines()]
    assert [(row["id"], row["outcome"], row["error"], row["raw"]) for row in rows] == [
        ("0012", "pass", None, ""), ("1e5", "fail", None, ""), ("3", None, "no outcome", "cannot tell")]


def test_an_export_that_cannot_be_written_is_a_failed_job(cli, small):
    cli("import", small)
    assert "cannot be written" in cli.refused("export", "labels", small / "labels.csv", code=1)


def test_a_backup_is_a_whole_file_and_overwrites_none(cli, small, tmp_path):
    cli("import", small)
    assert "backed up to" in cli("backup", tmp_path / "copy.db").stdout
    assert CommandLine(tmp_path / "copy.db").json("traces") == cli.json("traces")
    assert "exists already" in cli.refused("backup", tmp_path / "copy.db", code=1)


@pytest.mark.parametrize("words", [["traces"], ["runs", "--json"], ["agreement", "--judge", "x"], ["rates"],
                                   ["run", "--judge", "x"], ["resume", "1"], ["export", "labels", "x.csv"]])
def test_a_missing_file_is_bad_usage_for_whoever_reads_and_is_not_made(cli, words):
    assert f"There is no file {cli.path}: import traces first" in cli.refused(*words)
    assert list(cli.path.parent.iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_without_a_file(cli, name):
    assert "Usage:" in cli(name, "--help").stdout
    assert not cli.path.exists()


def test_the_list_of_commands_is_whole(cli):
    said = cli("--help").stdout
    assert [line.split()[0] for line in said.split("Commands:")[1].strip().splitlines() if line[2] != " "] == COMMANDS


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\0" + bytes(200)])
def test_a_foreign_or_damaged_file_is_refused_and_left_as_it_is(cli, small, content):
    cli.path.write_bytes(content)
    for words in (["traces"], ["import", small], ["init"]):
        assert str(cli.path) in cli.refused(*words, code=1)
    assert cli.path.read_bytes() == content


def test_a_database_of_another_program_is_refused(cli, small):
    with sqlite3.connect(cli.path) as foreign:
        foreign.execute("create table t (x)")
    foreign.close()
    assert "belongs to another program" in cli.refused("import", small, code=1)


def test_init_opens_the_example_once(cli):
    assert "884 traces" in cli("init", "--example", "tofueval_meetings").stderr
    assert "is ready" in cli("init", "--example", "tofueval_meetings").stderr
    assert cli.json("traces")["total"] == 884 and MEETINGS.parent == EXAMPLES
    assert "is not one of" in cli.refused("init", "--example", "mnist")


def test_from_the_shell_streams_and_exit_codes_are_kept_apart(cli, small, tmp_path):
    done = python("import", small, PLUMBLINE_DB=str(cli.path))
    assert (done.returncode, done.stderr) == (0, "") and "3 new traces" in done.stdout
    done = python("traces", "--json", PLUMBLINE_DB=str(cli.path))
    assert json.loads(done.stdout)["total"] == 3 and done.returncode == 0
    done = python("--db", tmp_path / "none.db", "traces", PLUMBLINE_DB=str(cli.path))
    assert (done.returncode, done.stdout) == (2, "") and "There is no file" in done.stderr
    assert python("import", tmp_path / "none.csv").returncode == 2


def test_without_a_name_the_file_is_the_one_in_data(monkeypatch):
    assert default_path() == HOUSE / "data" / "plumbline.db"
    monkeypatch.setenv("PLUMBLINE_DB", "/elsewhere/x.db")
    assert default_path() == Path("/elsewhere/x.db")

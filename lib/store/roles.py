"""As what somebody works here, and which tables that lets them write: one table of rows, checked by the file itself.

SQLite asks the guard before it prepares a statement, whoever wrote it; so no write passes the check by. What is of the
principal expert alone, and that one labels as oneself only, is said in experts.py.
"""

import sqlite3
from dataclasses import dataclass, field

from lib.records import UsageError
from lib.records.people import ENGINEER as EN
from lib.records.people import EXPERT, PM, ROLES

EVERYBODY = (EXPERT, EN, PM)


class RoleError(UsageError):
    """Somebody would write what their role reads only; nothing was changed."""


@dataclass(frozen=True)
class Part:
    """What belongs together for a reader of the table: a name in words, who writes it, and its tables.

    A table may stand as "table.column": then an update of that column alone asks here and not where the table stands.
    """

    words: str
    roles: tuple[str, ...]
    tables: tuple[str, ...]


PARTS = (
    Part("labels, critiques and their drafts", (EXPERT,), (
        "labels", "drafts", "deferrals", "reveals", "claims", "desk_choices")),
    Part("criteria", (EXPERT,), ("criteria_versions",)),
    Part("drafts of criteria", EVERYBODY, ("criteria_drafts",)),
    Part("rulings on disagreements", (EXPERT, EN), ("rulings",)),
    Part("drafts of rulings", EVERYBODY, ("ruling_drafts",)),
    Part("looks at the test split", (EXPERT,), ("test_looks",)),
    Part("queues of traces", EVERYBODY, ("batches", "queue_items")),
    Part("notes, codes and failure modes", EVERYBODY, (
        "notes", "note_drafts", "failure_modes", "failure_mode_events", "failure_mode_notes", "trace_failure_modes",
        "coded_traces", "proposed_codes", "steps", "failing_steps", "pins")),
    Part("fixes", (EN, PM), ("fixes", "fix_failure_modes", "fix_traces")),
    Part("whether a fix is verified", EVERYBODY, ("fixes.verified_at", "fixes.verified_by")),
    Part("columns of the table of traces", EVERYBODY, ("trace_columns",)),
    Part("insights", EVERYBODY, ("insights", "insight_traces")),
    Part("cycles", EVERYBODY, ("cycles", "projects.feedback_days")),
    Part("decisions on judges", EVERYBODY, ("decisions", "projects.target", "going_on")),
    Part("shares of repeated traces", EVERYBODY, ("projects.repeat_share", "projects.repeat_after_hours")),
    Part("projects and their question", (EN, PM), ("projects",)),
    Part("people", EVERYBODY, ("experts", "people_events")),
    Part("sign-offs", EVERYBODY, ("sign_offs",)),
    Part("the dataset", (EN, PM), (
        "imports", "import_changes", "waiting_labels", "feedback", "traces", "archived_traces",
        "tied_traces", "dimensions", "dimension_values", "trace_values", "proposals",
        "generations.combination", "impossible_combinations", "documents", "documents_index",
        "documents_index_config", "documents_index_data", "documents_index_docsize", "documents_index_idx")),
    Part("sources and what is pulled from them", (EN, PM), (
        "sources", "source_pulls", "source_traces", "source_notes")),
    Part("inputs written by a model", (EN,), ("generations",)),
    Part("splits", (EN,), ("split_draws", "input_splits", "traces.split")),
    Part("the AI system and its outputs", (EN,), ("systems", "jobs", "job_items")),
    Part("judges and their prompts", (EN,), (
        "judges", "prompt_versions", "prompt_examples", "rules", "rule_labels", "suggestions", "suggestion_replies")),
    Part("drafts of prompts", (EXPERT, EN), ("prompt_drafts",)),
    Part("runs and verdicts", (EN,), (
        "runs", "run_traces", "run_caps", "verdicts", "probes", "probe_items", "replacements",
        "batch_runs", "batch_files", "frozen_sets", "frozen_traces", "frozen_readings")),
    Part("analyses by a model", (EN,), ("analyses", "analysis_items")),
    Part("checks", (EN,), ("assertions", "assertion_results")),
    Part("watches and their alerts", (EN,), (
        "watches", "watch_files", "watch_traces", "watch_runs", "watch_alerts")),
    Part("the log of what was renamed, archived and deleted", (EN, PM), ("removals",)),
    Part("marks of a deletion under way", (), ("leaving",)),
    Part("accounts and sessions", (), ("accounts", "sessions", "login_failures", "account_events")),
    Part("models, prices and settings", (EN,), ("settings", "endpoint_habits", "model_retirements")),
)
WRITES = {table: part for part in PARTS for table in part.tables}
# What every reading does, and how a write begins and ends.
_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
            sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT)
_WRITING = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
# What SQLite asks by itself while a table of its own is read: the full-text index whether it is up to date, and
# json_each as which table it counts. No statement writes that table: SQLite refuses it.
_ASKED = {(sqlite3.SQLITE_PRAGMA, "data_version"), (sqlite3.SQLITE_UPDATE, "sqlite_master")}


def part_of(table: str, column: str | None = None) -> Part | None:
    """The row that says who writes a table, or one column of it; None where there is none: then nobody does."""
    return WRITES.get(f"{table}.{column}") or WRITES.get(table)


def may(role: str | None, table: str, column: str | None = None) -> bool:
    """Whether this role writes a table; None is nobody's role, and held to nothing."""
    part = part_of(table, column)
    return role is None or (part is not None and role in part.roles)


def sentence(role: str, table: str, column: str | None = None) -> str:
    """What is said in place of a write: what it is, as what one works here, and who does it."""
    part = part_of(table, column)
    if part is None or not part.roles:
        return f"As {said(role)} you cannot change this: it is done on the command line, by the operator."
    return (f"{said(role, capital=True)} reads {part.words} and changes nothing there; {others(part)} does. The "
            "operator changes roles with 'users role'.")


def others(part: Part) -> str:
    """Who writes a part, in words: an expert or an engineer."""
    if not part.roles:
        return "the operator"
    *more, last = [said(role) for role in ROLES if role in part.roles]
    return f"{', '.join(more)} or {last}" if more else last


def said(role: str, capital: bool = False) -> str:
    """A role with its article: an expert, a PM; one that is not known is said to be none."""
    article = "an" if role in (EXPERT, EN) else "a"
    words = f"{article} {role}" if role in ROLES else f"somebody without a role ('{role[:30]}' is none)"
    return words[:1].upper() + words[1:] if capital else words


@dataclass
class Guard:
    """What SQLite asks before it prepares a statement on one connection; `role` is of who holds it at the moment."""

    role: str | None = None
    refused: str = field(default="", init=False)  # the sentence of the last refusal, until it is said

    def hold(self, role: str | None) -> None:
        """From now on a handle of this role asks."""
        self.role, self.refused = role, ""

    def allows(self, action: int, table: str | None, column: str | None, database: str | None,
               trigger: str | None) -> int:
        """SQLITE_OK or SQLITE_DENY, as sqlite3.Connection.set_authorizer wants it.

        A write of a trigger of ours follows the statement that set it off, which was asked for itself.
        """
        if self.role is None or action in _READING:
            return sqlite3.SQLITE_OK
        if action in _WRITING and (trigger or may(self.role, table or "", column)):
            return sqlite3.SQLITE_OK
        if (action, table) in _ASKED and not (action == sqlite3.SQLITE_PRAGMA and column):
            return sqlite3.SQLITE_OK
        self.refused = self.refused or sentence(self.role, table or "" if action in _WRITING else "", column)
        return sqlite3.SQLITE_DENY

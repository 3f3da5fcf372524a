"""Migration 008: what a run asked beside its prompt, what its dropped errors have cost, and counts of runs at once."""

STATEMENTS = (
    # With the prompt version, the model and the parameters these say what was asked: only then is a verdict equal.
    "alter table runs add column question text not null default ''",
    "alter table runs add column address text not null default ''",  # of the endpoint; '' for the embedded one
    """
    update runs set question = (
        select p.question from projects p join judges j on j.project = p.id where j.id = runs.judge)
    """,
    # Errors that were asked for again are gone from the verdicts, but they were paid.
    "alter table runs add column dropped_calls integer not null default 0",
    "alter table runs add column dropped_prompt_tokens integer not null default 0",
    "alter table runs add column dropped_completion_tokens integer not null default 0",
    # A page that watches a run counts these once a second.
    "create index verdicts_without_outcome on verdicts (run) where error is not null",
    "create index verdicts_taken_over on verdicts (run) where reused is not null",
)

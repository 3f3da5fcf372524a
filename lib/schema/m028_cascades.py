"""Migration 028: judges made of two, the second asked where the first is unsure."""

STATEMENTS = (
    # The band and the second judge, as a JSON object; null: a version is one judge.
    "alter table prompt_versions add column cascade text check (cascade is null or json_valid(cascade))",
    # Which of the two gave the outcome; null for the verdict of one judge, and for an error.
    "alter table verdicts add column decided_by text check (decided_by in ('first', 'second'))",
)

"""Migration 010: the steps a trace was made in, and the session it is part of."""

STATEMENTS = (
    # Every model call, tool call and retrieval in order, as the file recorded them; null where it recorded none.
    "alter table traces add column steps text check (steps is null or json_valid(steps))",
    # Traces of one session are not independent: figures must know that they belong together.
    "alter table traces add column session text",
    "create index traces_of_session on traces (project, session) where session is not null",
)

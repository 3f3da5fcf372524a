"""Migration 005: how much a run may spend at most."""

STATEMENTS = (
    """
    create table run_caps (
        -- null: no bound; the worker stops where one is reached, and the run can go on once it is raised
        run integer primary key references runs,
        calls integer check (calls is null or calls > 0),
        tokens integer check (tokens is null or tokens > 0),
        cost real check (cost is null or cost > 0)
    ) strict
    """,
)

"""Migration 022: which columns of the table of traces a person has chosen, in each project."""

STATEMENTS = (
    """
    create table trace_columns (
        project integer not null references projects,
        expert integer not null references experts, -- who chose, whatever that person works as
        columns text not null check (json_valid(columns)), -- their names in order; numbers where a name may change
        primary key (project, expert)
    ) strict, without rowid
    """,
)

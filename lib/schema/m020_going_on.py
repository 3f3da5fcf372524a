"""Migration 020: why a judge was built all the same, where a failure is so common that mending it comes first."""

STATEMENTS = (
    """
    create table going_on (
        -- the newest of a project stands as long as nothing else has become common; none is ever changed
        id integer primary key,
        project integer not null references projects,
        about text not null check (json_valid(about)), -- what was common then: a failure mode, or all
        said text not null, -- the sentences that stood there
        reason text not null check (trim(reason) <> ''),
        author text not null check (trim(author) <> ''),
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    "create index going_on_of_project on going_on (project, id)",
)

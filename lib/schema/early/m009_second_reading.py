"""Migration 009: one more kind of analysis, a model's own note on a fail that a person has noted already.

SQLite widens no check: the table is made anew under its own name, its rows put back. Rows that refer to it are
checked at the commit alone, for in between it is gone.
"""

STATEMENTS = (
    "pragma defer_foreign_keys = on",
    "create temp table analyses_before as select * from analyses",
    "drop table analyses",
    """
    create table analyses (
        -- what a model was asked: groups of notes or failure modes of fails, which count only once confirmed; or its
        -- own note on one fail, which stands beside the person's and is never one
        id integer primary key,
        project integer not null references projects,
        kind text not null check (kind in ('groups', 'codes', 'notes')),
        config text not null default '{}' check (json_valid(config)),
        endpoint text not null,
        model text not null,
        concurrency integer not null default 1 check (concurrency between 1 and 1024),
        status text not null check (status in ('queued', 'running', 'done', 'paused', 'interrupted', 'cancelled',
            'failed')),
        message text not null default '',
        told text not null default '', -- what came of it, in a sentence
        calls integer not null default 0,
        prompt_tokens integer not null default 0,
        completion_tokens integer not null default 0,
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        ended_at text
    ) strict
    """,
    "insert into analyses select * from analyses_before",
    "drop table analyses_before",
    "create index analyses_of_project on analyses (project, id)",
)

"""Migration 014: a judge asked again about altered outputs. Its replies are no verdicts and stand in tables apart."""

STATEMENTS = (
    """
    create table probes (
        -- the labelled traces of a run asked about again, their outputs altered: what moves the judge besides what is
        -- right. No figure of a judge reads these tables, so that no reply to an altered output counts as a verdict.
        id integer primary key,
        project integer not null references projects,
        run integer not null references runs,
        config text not null default '{}' check (json_valid(config)), -- what it may spend
        endpoint text not null,
        model text not null,
        concurrency integer not null default 1 check (concurrency between 1 and 1024),
        status text not null check (status in ('queued', 'running', 'done', 'paused', 'interrupted', 'cancelled',
            'failed')),
        message text not null default '',
        calls integer not null default 0,
        prompt_tokens integer not null default 0,
        completion_tokens integer not null default 0,
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        ended_at text
    ) strict
    """,
    "create index probes_of_run on probes (run, id)",
    """
    create table probe_items (
        -- one call: a trace, and how it is altered; outcome and critique once a reply could be read
        id integer primary key,
        probe integer not null references probes,
        position integer not null,
        trace integer not null references traces,
        item text not null default '{}' check (json_valid(item)),
        alteration text generated always as (item ->> 'alteration') stored not null,
        outcome text check (outcome in ('pass', 'fail')),
        critique text not null default '',
        done_at text,
        error text check (error is null or outcome is null),
        raw text not null default '',
        attempts integer not null default 0,
        unique (probe, position)
    ) strict
    """,
)

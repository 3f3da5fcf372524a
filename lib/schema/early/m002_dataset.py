"""Migration 002: described dimensions, impossible combinations, AI systems, and jobs that write or answer inputs."""

STATEMENTS = (
    "alter table dimensions add column description text not null default ''",
    # Retired names keep their traces and their history; they are only offered no more.
    "alter table dimensions add column retired_at text",
    "alter table dimension_values add column description text not null default ''",
    "alter table dimension_values add column example text not null default ''",
    "alter table dimension_values add column retired_at text",
    """
    create table impossible_combinations (
        -- some values (JSON: dimension -> value) that never meet; every combination that holds them all is impossible
        id integer primary key,
        project integer not null references projects,
        combination text not null check (json_valid(combination)),
        reason text not null default '',
        unique (project, combination)
    ) strict
    """,
    # What a reviewer must know and the model that wrote the input was not told.
    "alter table traces add column assumptions text not null default ''",
    # A newer system version answered the input of this trace again; the old answer stays.
    "alter table traces add column answers integer references traces",
    # JSON: how an answer came to be: milliseconds, tokens, attempts, error.
    "alter table traces add column log text check (log is null or json_valid(log))",
    "create index answers_of_trace on traces (answers) where answers is not null",
    """
    create table systems (
        -- the AI system under test, one row a version: how it is reached
        id integer primary key,
        project integer not null references projects,
        version text not null check (trim(version) <> ''),
        kind text not null check (kind in ('openai', 'http', 'python')),
        config text not null check (json_valid(config)),
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        unique (project, version)
    ) strict
    """,
    """
    create table jobs (
        -- work that goes on in a process of its own: writing inputs, or having the AI system answer them
        id integer primary key,
        project integer not null references projects,
        kind text not null check (kind in ('generate', 'answer')),
        config text not null check (json_valid(config)),
        system integer references systems, -- of an answer job
        endpoint text not null default '', -- of a generate job
        model text not null default '',
        concurrency integer not null default 1 check (concurrency between 1 and 1024),
        status text not null check (status in ('queued', 'running', 'done', 'paused', 'interrupted', 'cancelled',
            'failed')),
        message text not null default '',
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        ended_at text
    ) strict
    """,
    """
    create table job_items (
        -- one call each: a combination to write inputs for, or a trace to have answered
        id integer primary key,
        job integer not null references jobs,
        position integer not null,
        trace integer references traces,
        item text not null default '{}' check (json_valid(item)),
        done_at text, -- null: not called yet
        error text,
        raw text not null default '',
        attempts integer not null default 0,
        unique (job, position),
        check (error is null or done_at is not null)
    ) strict
    """,
    "create index open_items_of_job on job_items (job, position) where done_at is null",
    "alter table generations add column job_item integer references job_items",
    "alter table generations add column system_information text not null default ''",
    "alter table generations add column assumptions text not null default ''",
    # The earlier input a proposal nearly repeats, and how like it is (0 to 1).
    "alter table proposals add column near text",
    "alter table proposals add column likeness real",
    # A model's opinion on whether the scenario is really triggered; never more than an opinion.
    "alter table proposals add column opinion text",
    "alter table proposals add column decided_at text",
)

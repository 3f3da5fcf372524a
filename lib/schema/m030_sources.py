"""Migration 030: where traces live, what was pulled from there, and what was pushed back."""

STATEMENTS = (
    """
    create table sources (
        id integer primary key,
        project integer not null references projects,
        name text not null check (trim(name) <> ''),
        kind text not null, -- phoenix, mlflow, langfuse, langsmith
        address text not null,
        remote text not null, -- the project there, by name
        place text not null check (json_valid(place)), -- its id there, and the address of a trace with {trace} in it
        keys text not null default '[]' check (json_valid(keys)), -- names of variables; no value is ever stored
        question text not null default '', -- the feedback of people that becomes labels
        newest text not null default '', -- the start of the newest trace that came
        author text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        unique (project, name)
    ) strict
    """,
    """
    create table source_pulls (
        id integer primary key,
        source integer not null references sources,
        options text not null check (json_valid(options)), -- since, filter, sample, seed
        status text not null,
        message text not null default '',
        cursor text not null default '', -- where it goes on; kept after each part
        read integer not null default 0, -- traces read so far
        traces integer not null default 0, -- of them new here
        identical integer not null default 0,
        labels integer not null default 0,
        verdicts integer not null default 0,
        left_out text not null default '{}' check (json_valid(left_out)), -- why -> how many
        total integer, -- traces that will be read, where that is known
        author text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        ended_at text
    ) strict
    """,
    "create index source_pulls_of_source on source_pulls (source, id)",
    """
    create table source_traces (
        source integer not null references sources,
        trace integer not null references traces,
        node text not null default '', -- the span of it that carries what is pushed, where the source wants one
        primary key (source, trace)
    ) strict, without rowid
    """,
    "create index source_traces_of_trace on source_traces (trace)",
    """
    create table source_notes (
        -- what was pushed: one row for each thing said of a trace, by its identifier there
        source integer not null references sources,
        identifier text not null,
        trace integer not null references traces,
        hash text not null, -- of what was said last
        remote text not null default '', -- its id there, where a change is made by that
        pushed_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        primary key (source, identifier)
    ) strict, without rowid
    """,
    "create index source_notes_of_trace on source_notes (trace)",
    "create view leaving_sources as select id from leaving where kind = 'sources'",
)

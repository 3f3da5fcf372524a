"""Migration 001: projects, experts, traces, labels, judges, runs, verdicts, proposals. It has landed: never edit it."""

STATEMENTS = (
    """
    create table projects (
        id integer primary key,
        name text not null unique check (trim(name) <> ''),
        -- the one question the expert answers with pass or fail: "Did the AI ...?"
        question text not null,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    """
    create table settings (
        -- of the whole file: the model chosen last, the named .gguf file
        name text primary key,
        value text not null
    ) strict, without rowid
    """,
    """
    create table experts (
        id integer primary key,
        project integer not null references projects,
        name text not null check (trim(name) <> ''),
        role text not null default '',
        basis text not null default '',
        is_principal integer not null default 0 check (is_principal in (0, 1)),
        unique (project, name)
    ) strict
    """,
    "create unique index one_principal on experts (project) where is_principal",
    """
    create table imports (
        id integer primary key,
        project integer not null references projects,
        file text not null,
        format text not null,
        -- JSON: which column was read as what, and the threshold where a scale was cut
        mapping text not null check (json_valid(mapping)),
        added integer not null,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    """
    create table traces (
        id integer primary key,
        project integer not null references projects,
        -- the file's own id byte for byte, or a hash of the content
        trace_id text not null,
        input text not null,
        output text, -- null: the AI system has not answered yet
        messages text check (messages is null or json_valid(messages)),
        context text not null default '{}' check (json_valid(context)),
        -- what was judged: a label and a verdict keep the hash they saw
        content_hash text not null,
        source text not null check (source in ('real', 'synthetic')),
        split text not null check (split in ('train', 'dev', 'test')),
        system_version text,
        created_at text, -- when the AI system answered, where the file says so
        import integer references imports,
        unique (project, trace_id)
    ) strict
    """,
    """
    create table dimensions (
        id integer primary key,
        project integer not null references projects,
        name text not null check (trim(name) <> ''),
        unique (project, name)
    ) strict
    """,
    """
    create table dimension_values (
        id integer primary key,
        dimension integer not null references dimensions,
        name text not null,
        unique (dimension, name)
    ) strict
    """,
    """
    create table trace_values (
        -- a trace may hold several values of one dimension (one answer given by several assistants)
        trace integer not null references traces,
        value integer not null references dimension_values,
        primary key (trace, value)
    ) strict, without rowid
    """,
    "create index traces_of_value on trace_values (value, trace)",
    """
    create table labels (
        id integer primary key,
        trace integer not null references traces,
        expert integer not null references experts,
        outcome text not null check (outcome in ('pass', 'fail')),
        critique text not null default '',
        content_hash text not null,
        -- one per press of a button, so that the same save sent twice is one label
        token text unique,
        source text not null default 'review' check (source in ('review', 'import')),
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    "create index labels_of_trace on labels (trace, expert, id)",
    "create index labels_of_expert on labels (expert, trace)",
    """
    create view current_labels as
    select l.* from labels l where not exists (
        select 1 from labels n where n.trace = l.trace and n.expert = l.expert and n.id > l.id)
    """,
    """
    create trigger labels_are_append_only before update on labels
    begin select raise(abort, 'a label is never changed, only succeeded'); end
    """,
    """
    create table drafts (
        -- an unfinished critique: survives page switch, crash and restart
        trace integer not null references traces,
        expert integer not null references experts,
        critique text not null,
        primary key (trace, expert)
    ) strict, without rowid
    """,
    """
    create table failure_modes (
        id integer primary key,
        project integer not null references projects,
        name text not null check (trim(name) <> ''),
        definition text not null default '',
        unique (project, name)
    ) strict
    """,
    """
    create table trace_failure_modes (
        trace integer not null references traces,
        failure_mode integer not null references failure_modes,
        primary key (trace, failure_mode)
    ) strict, without rowid
    """,
    "create index traces_of_failure_mode on trace_failure_modes (failure_mode, trace)",
    """
    create table judges (
        id integer primary key,
        project integer not null references projects,
        name text not null check (trim(name) <> ''),
        unique (project, name)
    ) strict
    """,
    """
    create table prompt_versions (
        id integer primary key,
        judge integer not null references judges,
        number integer not null,
        template text not null,
        model text, -- null: whichever the run names
        parameters text not null default '{}' check (json_valid(parameters)),
        note text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        unique (judge, number)
    ) strict
    """,
    """
    create trigger prompt_versions_are_immutable before update on prompt_versions
    begin select raise(abort, 'a prompt version is never edited, only succeeded'); end
    """,
    """
    create table prompt_examples (
        prompt_version integer not null references prompt_versions,
        position integer not null,
        label integer not null references labels,
        primary key (prompt_version, position)
    ) strict, without rowid
    """,
    """
    create table runs (
        id integer primary key,
        judge integer not null references judges,
        prompt_version integer references prompt_versions, -- null: recorded elsewhere
        model text not null,
        endpoint text not null,
        parameters text not null default '{}' check (json_valid(parameters)),
        split text check (split in ('train', 'dev', 'test')),
        concurrency integer not null default 1 check (concurrency between 1 and 1024),
        status text not null check (status in ('queued', 'running', 'done', 'paused',
            'interrupted', 'cancelled', 'failed', 'recorded')),
        message text not null default '',
        -- one per press of Run, so that a double click starts one run
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        ended_at text
    ) strict
    """,
    "create unique index one_recorded_run on runs (judge) where status = 'recorded'",
    """
    create table run_traces (
        -- the traces a run was started on: later imports do not change it
        run integer not null references runs,
        position integer not null,
        trace integer not null references traces,
        primary key (run, position)
    ) strict, without rowid
    """,
    "create unique index run_trace_once on run_traces (run, trace)",
    """
    create table verdicts (
        id integer primary key,
        run integer not null references runs,
        trace integer not null references traces,
        outcome text check (outcome in ('pass', 'fail')),
        critique text not null default '',
        error text,
        raw text not null default '',
        model text not null default '',
        content_hash text not null,
        prompt_tokens integer,
        completion_tokens integer,
        milliseconds integer,
        attempts integer not null default 1,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        unique (run, trace),
        -- an error is a third outcome: never a pass, never a fail
        check ((outcome is null) <> (error is null))
    ) strict
    """,
    "create index verdicts_of_trace on verdicts (trace, run)",
    """
    create table generations (
        id integer primary key,
        project integer not null references projects,
        combination text not null check (json_valid(combination)),
        prompt text not null,
        model text not null,
        endpoint text not null,
        prompt_tokens integer,
        completion_tokens integer,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    """
    create table proposals (
        -- a user input a model wrote; it becomes a trace only when a person accepts it
        id integer primary key,
        generation integer not null references generations,
        input text not null,
        status text not null default 'proposed' check (status in ('proposed', 'accepted', 'rejected')),
        reason text not null default '',
        trace integer references traces
    ) strict
    """,
)

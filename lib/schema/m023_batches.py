"""Migration 023: runs that are asked by batch files, and what became of each file at the service."""

STATEMENTS = (
    """
    create table batch_runs (
        -- a run whose traces are asked in files: sent to the endpoint's batches, or written for another machine
        run integer primary key references runs,
        mark text not null unique, -- stands in every request's id, so that another file's run 3 is not taken for this
        way text not null check (way in ('service', 'files', 'live')),
        -- the format its requests ask for: a reply is read as one in that format
        format text not null default 'json_schema' check (format in ('json_schema', 'json_object', 'text'))
    ) strict
    """,
    """
    create table batch_files (
        id integer primary key,
        run integer not null references runs,
        number integer not null,
        -- uploading and starting are noted before the service is asked: an answer that is lost is looked for there
        status text not null check (status in ('written', 'uploading', 'uploaded', 'held', 'starting', 'sent', 'read',
            'freed')),
        file text not null default '', -- as the service calls the uploaded file
        batch text not null default '', -- as the service calls what it makes of it
        service text not null default '', -- the status there
        message text not null default '',
        requests integer not null,
        bytes integer not null,
        completed integer not null default 0, -- as the service counts
        failed integer not null default 0,
        expected_prompt_tokens integer not null default 0,
        expected_completion_tokens integer not null default 0,
        prompt_tokens integer not null default 0, -- of the replies that were stored
        completion_tokens integer not null default 0,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        ended_at text,
        unique (run, number)
    ) strict
    """,
    # The file a trace was written into last; null: it is in none, or was freed to be written again.
    "alter table run_traces add column batch_file integer references batch_files",
    "create index run_traces_of_batch_file on run_traces (batch_file) where batch_file is not null",
)

"""Migration 025: what is watched in production, how far each file is read, which traces were drawn, and alerts."""

STATEMENTS = (
    """
    create table watches (
        id integer primary key,
        project integer not null references projects,
        name text not null check (trim(name) <> ''),
        place text not null, -- a folder or a file
        judge integer not null references judges,
        options text not null check (json_valid(options)), -- how a file is read, and at which endpoint it is judged
        mappings text not null default '{}' check (json_valid(mappings)), -- format -> how its columns are understood
        share real not null check (share > 0 and share <= 1), -- of new traces, that is judged
        seed integer not null,
        every integer not null check (every > 0), -- seconds between two readings
        most_calls integer check (most_calls > 0), -- a day, UTC
        most_cost real check (most_cost > 0),
        days integer not null check (days > 0), -- of the window that is tested against the time before
        webhook text not null default '', -- the name of a variable; its value is stored nowhere
        mail text not null default '',
        author text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        read_at text, -- the last reading
        said text not null default '[]' check (json_valid(said)), -- what that reading said
        drawn_to integer not null default 0, -- the newest trace of which it was decided whether it is judged
        looked text, -- the last day that was tested; each is tested once
        since text, -- days before are no part of the time before: set by an alert
        unique (project, name)
    ) strict
    """,
    """
    create table watch_files (
        watch integer not null references watches,
        name text not null, -- from the folder on
        inode integer not null,
        size integer not null,
        modified integer not null, -- nanoseconds; 0: looked at again although nothing changed
        read integer not null, -- bytes
        hash text not null, -- of these bytes
        format text not null,
        refused text not null default '', -- why it was not read as it is now; it is tried again once it changes
        primary key (watch, name)
    ) strict, without rowid
    """,
    """
    create table watch_traces (
        -- the random share; in it by a hash of the trace's id, which is its place in the order of being judged
        watch integer not null references watches,
        trace integer not null references traces,
        place real not null,
        drawn_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        primary key (watch, trace)
    ) strict, without rowid
    """,
    "create index watch_traces_of_trace on watch_traces (trace)",
    """
    create table watch_runs (
        watch integer not null references watches,
        run integer not null references runs,
        primary key (watch, run)
    ) strict, without rowid
    """,
    "create index watch_runs_of_run on watch_runs (run)",
    """
    create table watch_alerts (
        id integer primary key,
        watch integer not null references watches,
        day text not null, -- the last one of the window
        since text not null, -- its first one
        passes integer not null,
        n integer not null,
        passes_before integer not null,
        n_before integer not null,
        p real not null,
        said text not null,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        webhook_at text, -- when each was delivered
        mail_at text,
        failed text not null default '' -- why the last try was in vain
    ) strict
    """,
    "create index watch_alerts_of_watch on watch_alerts (watch, id)",
    "create view leaving_watches as select id from leaving where kind = 'watches'",
)

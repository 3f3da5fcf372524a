"""Migration 024: labelled traces that a judge is asked about again with each gate, as they were at the first one."""

STATEMENTS = (
    """
    create table frozen_sets (
        -- frozen at the first gate of a judge and never changed; another run of it is another set
        run integer primary key references runs, -- whose verdicts are the first reading
        hash text not null, -- of all its traces, their texts and their labels
        size integer not null check (size > 0),
        author text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    """
    create table frozen_traces (
        run integer not null references runs, -- of its set
        trace integer not null references traces,
        content_hash text not null,
        outcome text not null check (outcome in ('pass', 'fail')), -- the label, whatever is labelled later
        primary key (run, trace)
    ) strict, without rowid
    """,
    "create index frozen_traces_of_trace on frozen_traces (trace)",
    """
    create table frozen_readings (
        -- the runs that have read a set again
        run integer primary key references runs,
        frozen integer not null references runs, -- the run of the set
        -- what a gate said of it; empty until one has: a gate that was cut off goes on with it
        state text not null default '' check (state in ('', 'moved', 'did not move', 'not known'))
    ) strict
    """,
    "create index frozen_readings_of_set on frozen_readings (frozen)",
)

"""Migration 031: what telemetry programs have sent, until it is a trace."""

STATEMENTS = (
    """
    create table received (
        id integer primary key,
        project integer not null references projects,
        trace text not null, -- its id as it was sent, in hexadecimal
        part text not null, -- of a span its id, of a log record the hash of what it says: a retry sends both again
        root integer not null check (root in (0, 1)), -- a span without a parent
        -- waits for the rest of its trace, is in a trace, came after its trace was made, or could not be read
        state text not null default 'waits' check (state in ('waits', 'made', 'late', 'unread')),
        body text check (body is null or json_valid(body)), -- OTLP JSON with this part alone; null once in a trace
        at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        unique (project, trace, part)
    ) strict
    """,
    "create index received_waits on received (project, trace, at) where state = 'waits'",
    "create index received_left on received (project, state) where state in ('late', 'unread')",
)

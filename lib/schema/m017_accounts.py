"""Migration 017: who may log in, which browsers are logged in, how often somebody failed to, and the log of it all."""

STATEMENTS = (
    """
    create table accounts (
        -- of the whole file: one account is the same person in every project
        id integer primary key,
        login text not null unique check (length(login) between 1 and 200),  -- in small letters
        name text not null check (length(name) between 1 and 100),  -- the person's, as people of a project are called
        role text not null check (role in ('expert', 'engineer', 'PM', 'viewer')),
        password text,  -- a hash with its salt and parameters; null: logs in at a provider alone
        disabled_at text,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    """
    create table sessions (
        -- a browser that has logged in; times in seconds since 1970, for they are only compared
        id integer primary key,
        token blob not null unique,  -- a hash of it: who reads the file cannot log in by it
        account integer not null references accounts,
        created integer not null,
        seen integer not null,
        ended integer  -- logged out; the row stays a while and tells a browser that this person has used before
    ) strict
    """,
    "create index sessions_of_account on sessions (account, created)",
    """
    create table login_failures (
        key text primary key,  -- an address, an account, both, or a browser
        failures integer not null,
        since integer not null
    ) strict, without rowid
    """,
    "create index login_failures_by_age on login_failures (since)",
    """
    create table account_events (
        id integer primary key,
        kind text not null,
        login text not null default '',  -- '': an account that there is not
        detail text not null default '',
        author text not null default '',
        times integer not null default 1,  -- of refusals that came one after the other
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
)

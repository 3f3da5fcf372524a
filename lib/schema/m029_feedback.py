"""Migration 029: what users said of a trace, why a queue brought one, when labels were held against what users said."""

STATEMENTS = (
    """
    create table feedback (
        -- a thumb or a remark of a user of the product; no label, whatever it says
        id integer primary key,
        trace integer not null references traces,
        name text not null, -- what it is called where it was given
        value text check (value in ('up', 'down')), -- null: words alone
        comment text not null default '',
        who text not null default '', -- as the file has it; '': it says nothing
        given_at text,
        import integer references imports,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        check (value is not null or trim(comment) <> '')
    ) strict
    """,
    # The same said twice by one file, or by the file that is imported again, is one.
    """
    create unique index feedback_once on feedback (trace, name, who, coalesce(value, ''), comment,
        coalesce(given_at, ''))
    """,
    "create index feedback_of_import on feedback (import)",
    # Why this very trace, where its queue alone does not say it: how far it stands out, and in what.
    "alter table queue_items add column why text not null default ''",
    # Of a cycle in which labels were held against users' feedback: what was counted, as JSON. Null for any other.
    "alter table cycles add column checked text check (checked is null or json_valid(checked))",
    # Days between two such cycles; 0: none is asked for. Null: nobody has said, which a stand-in is asked all the same.
    "alter table projects add column feedback_days integer check (feedback_days >= 0)",
)

"""Migration 004: what a prompt version was made from, and what is typed before it becomes one."""

STATEMENTS = (
    # Null where nobody noted it: then the version before it.
    "alter table prompt_versions add column parent integer references prompt_versions",
    """
    create table prompt_drafts (
        -- unsaved changes to a prompt version: they survive page switch, reload and restart
        prompt_version integer primary key references prompt_versions,
        template text not null,
        examples text not null default '[]' check (json_valid(examples)), -- numbers of labels, in order
        note text not null default '',
        changed_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
)

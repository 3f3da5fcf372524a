"""Migration 015: who is who, who did what, and what waits for the principal expert's sign-off."""

STATEMENTS = (
    # As what a person works here; a person who never labels stands in this table too.
    "alter table experts add column works_as text not null default 'expert'"
    " check (works_as in ('expert', 'engineer', 'PM', 'viewer'))",
    "alter table experts add column retired_at text",
    # Another name of somebody: an earlier one, or that of an account that was the same human.
    "alter table experts add column merged_into integer references experts",
    # The name a label was given under, where its person has another one now.
    "alter table labels add column given_as text not null default ''",
    "drop trigger labels_are_append_only",
    """
    create trigger labels_are_append_only before update of id, trace, outcome, critique, content_hash, token, source,
        created_at, mode, purpose, reason, seconds, revised_response, showed_new, queue, unbiased, late on labels
    begin select raise(abort, 'a label is never changed, only succeeded'); end
    """,
    """
    create trigger labels_move_with_their_person before update of expert, given_as on labels
    -- to the person that its own was merged into, and the name it was given under stays
    when new.expert is not (select merged_into from experts where id = old.expert)
        or new.given_as is not coalesce(nullif(old.given_as, ''), (select name from experts where id = old.expert))
    begin select raise(abort, 'a label stays with the person who gave it'); end
    """,
    """
    create table people_events (
        -- the history of who is who: renamed, merged, retired, brought back, made principal, works as
        id integer primary key,
        project integer not null references projects,
        kind text not null,
        detail text not null check (json_valid(detail)),
        author text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    "create index people_events_of_project on people_events (project, id)",
    # Who did it; '': nobody noted it.
    "alter table rulings add column author text not null default ''",
    "alter table test_looks add column author text not null default ''",
    "alter table criteria_versions add column author text not null default ''",
    "alter table decisions add column author text not null default ''",
    "alter table fixes add column author text not null default ''",
    "alter table fixes add column verified_by text not null default ''",
    "alter table failure_mode_events add column author text not null default ''",
    """
    create table sign_offs (
        -- what somebody asked for that only the principal expert may do; nothing of it counts before that
        id integer primary key,
        project integer not null references projects,
        kind text not null,
        subject text not null, -- what it is about: of one kind and subject one waits at a time
        detail text not null check (json_valid(detail)),
        reason text not null check (trim(reason) <> ''),
        asked_by text not null check (trim(asked_by) <> ''),
        asked_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        decision text check (decision in ('agreed', 'declined', 'withdrawn')), -- null: it waits
        decided_by text not null default '',
        decided_at text
    ) strict
    """,
    "create unique index one_sign_off_waits on sign_offs (project, kind, subject) where decision is null",
    "create index sign_offs_of_project on sign_offs (project, id)",
)

"""Migration 003: how a label came to be, queues and claims, and what the expert looks things up in."""

STATEMENTS = (
    # What the expert knew of the judge; nobody noted it of the labels that were here before.
    "alter table labels add column mode text not null default 'unknown'"
    " check (mode in ('blind', 'known', 'shadow', 'unknown'))",
    "alter table labels add column purpose text not null default 'label'"
    " check (purpose in ('label', 'repeat', 'adjudication'))",
    # Why it succeeds an earlier label.
    "alter table labels add column reason text not null default ''",
    # From the trace's appearing on the screen to the press.
    "alter table labels add column seconds real check (seconds is null or seconds >= 0)",
    "alter table labels add column revised_response text not null default ''",
    "alter table labels add column showed_new integer not null default 0 check (showed_new in (0, 1))",
    # Which queue brought the trace first, and whether that queue looked at an outcome: then no rate may use it.
    "alter table labels add column queue text not null default ''",
    "alter table labels add column unbiased integer not null default 1 check (unbiased in (0, 1))",
    # The claim on the trace had passed to somebody else before this was saved.
    "alter table labels add column late integer not null default 0 check (late in (0, 1))",
    "create index labels_that_count on labels (trace, expert, id) where purpose <> 'repeat'",
    "create index labels_in_time on labels (expert, id)",
    "create index labels_without_critique on labels (expert, trace) where trim(critique) = ''",
    # In order of their numbers, so that the next trace is found without sorting them all.
    "create index traces_in_order on traces (project, id)",
    "create index answered_traces on traces (project, id) where output is not null",
    "create index repeats_of_expert on labels (expert, trace) where purpose = 'repeat'",
    "drop view current_labels",
    # `counts`: whether a figure may use it. A label begun with the judge's words agrees with it too often, and one on a
    # trace drawn by an outcome distorts TPR and TNR.
    """
    create view current_labels as
    select l.*, l.mode <> 'shadow' and l.unbiased = 1 as counts
    from labels l where l.purpose <> 'repeat' and not exists (
        select 1 from labels n where n.trace = l.trace and n.expert = l.expert and n.purpose <> 'repeat'
        and n.id > l.id)
    """,
    # What a draft holds besides the critique.
    "alter table drafts add column revised_response text not null default ''",
    """
    create table deferrals (
        -- put off by the expert: comes back when nothing else is left
        trace integer not null references traces,
        expert integer not null references experts,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        primary key (trace, expert)
    ) strict, without rowid
    """,
    """
    create table reveals (
        -- what judges said of this trace was shown to this expert, who from then on is not blind to it
        trace integer not null references traces,
        expert integer not null references experts,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        primary key (trace, expert)
    ) strict, without rowid
    """,
    """
    create table batches (
        -- traces drawn together for review
        id integer primary key,
        project integer not null references projects,
        mix text not null check (json_valid(mix)), -- queue -> share in per cent, as it was asked for
        seed integer not null,
        token text unique, -- one per press, so that a double click draws one batch
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    """
    create table queue_items (
        id integer primary key,
        batch integer not null references batches,
        position integer not null,
        trace integer not null references traces,
        expert integer references experts, -- null: whoever claims it first
        queue text not null, -- why it was drawn
        unbiased integer not null check (unbiased in (0, 1)),
        label integer references labels -- what answered it; null: it waits
    ) strict
    """,
    "create unique index queue_item_once on queue_items (batch, trace, coalesce(expert, 0))",
    # With the expert, so that the items of others are passed over in the index.
    "create index queue_items_in_order on queue_items (batch, position, expert)",
    "create index queue_items_of_trace on queue_items (trace)",
    "create index queue_items_that_wait on queue_items (batch, position, expert) where label is null",
    "create index batches_of_project on batches (project)",
    "create index newest_traces on traces (project, created_at) where source = 'real' and output is not null",
    """
    create table claims (
        -- who has a shared trace on the screen; past its time anybody may take it
        trace integer primary key references traces,
        expert integer not null references experts,
        expires_at text not null
    ) strict
    """,
    """
    create trigger a_label_answers_queue_items after insert on labels when new.purpose <> 'repeat'
    -- whoever saved it and however it came; an item drawn of a trace labelled before waits for a new label
    begin
        update queue_items set label = new.id
            where trace = new.trace and label is null and (expert is null or expert = new.expert);
        delete from claims where trace = new.trace and expert = new.expert;
    end
    """,
    # How many of the expert's earlier traces come back unmarked, and after how many hours at the earliest.
    "alter table projects add column repeat_share real not null default 0.07 check (repeat_share between 0 and 0.1)",
    "alter table projects add column repeat_after_hours real not null default 24 check (repeat_after_hours >= 0)",
    """
    create table pins (
        -- names of the context or of a trace's facts that the desk shows on top
        project integer not null references projects,
        name text not null, -- beside project: with another column between them SQLite 3.40 calls a whole file damaged
        position integer not null,
        primary key (project, name)
    ) strict, without rowid
    """,
    """
    create table documents (
        -- a section of a reference text or a row of a reference table, to be looked up while reviewing
        id integer primary key,
        project integer not null references projects,
        file text not null,
        position integer not null,
        title text not null,
        body text not null,
        unique (project, file, position)
    ) strict
    """,
    """
    create virtual table documents_index using fts5(title, body, content = 'documents', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2')
    """,
    """
    create trigger documents_are_indexed after insert on documents
    begin insert into documents_index (rowid, title, body) values (new.id, new.title, new.body); end
    """,
    """
    create trigger documents_leave_the_index after delete on documents
    begin insert into documents_index (documents_index, rowid, title, body)
        values ('delete', old.id, old.title, old.body); end
    """,
)

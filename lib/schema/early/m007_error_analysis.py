"""Migration 007: notes, codes and their history, fixes, assertions, special judges, insights, review cycles."""

STATEMENTS = (
    # A failure mode: where it stands, whether a person has confirmed it, and what the PM decided.
    "alter table failure_modes add column status text not null default 'open'"
    " check (status in ('open', 'in work', 'fixed', 'watched'))",
    "alter table failure_modes add column confirmed integer not null default 1 check (confirmed in (0, 1))",
    "alter table failure_modes add column merged_into integer references failure_modes",
    "alter table failure_modes add column rejected_at text",  # a person did not take it; it can be taken up again
    "alter table failure_modes add column example integer references labels",  # whose critique shows it best
    # Never asked for (specification), or asked for and not followed (generalisation).
    "alter table failure_modes add column kind text not null default ''"
    " check (kind in ('', 'specification', 'generalisation'))",
    "alter table failure_modes add column impact text not null default 'medium'"
    " check (impact in ('low', 'medium', 'high'))",
    "alter table failure_modes add column decision text not null default ''"
    " check (decision in ('', 'fix the prompt', 'fix retrieval', 'build a judge', 'write an assertion', 'watch'))",
    "alter table failure_modes add column owner text not null default ''",
    "alter table failure_modes add column due_on text",
    """
    create table failure_mode_events (
        -- the history of a failure mode: proposed, confirmed, renamed, merged, split, redefined
        id integer primary key,
        failure_mode integer not null references failure_modes,
        kind text not null,
        detail text not null default '{}' check (json_valid(detail)),
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    "create index events_of_failure_mode on failure_mode_events (failure_mode, id)",
    """
    create table notes (
        -- open coding: the first thing that went wrong in a fail, in free words; the newest of a trace counts
        id integer primary key,
        trace integer not null references traces,
        author text not null,
        text text not null check (trim(text) <> ''),
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    "create index notes_of_trace on notes (trace, id)",
    """
    create table note_drafts (
        -- an unfinished note: survives page switch, crash and restart
        trace integer not null references traces,
        author text not null,
        text text not null,
        primary key (trace, author)
    ) strict, without rowid
    """,
    """
    create table failure_mode_notes (
        -- the notes behind a failure mode
        failure_mode integer not null references failure_modes,
        note integer not null references notes,
        primary key (failure_mode, note)
    ) strict, without rowid
    """,
    "alter table trace_failure_modes add column source text not null default 'person'"
    " check (source in ('person', 'model'))",  # who named it first; either way a person confirmed it
    # What figures may count: a failure mode that no person has confirmed is in none of them.
    """
    create view counted_codes as
    select c.trace, c.failure_mode, c.source
    from trace_failure_modes c join failure_modes f on f.id = c.failure_mode where f.confirmed = 1
    """,
    """
    create table coded_traces (
        -- a person has looked for failure modes here, and found those given, or none
        trace integer primary key references traces,
        coder text not null default '',
        proposals_seen integer not null default 0 check (proposals_seen in (0, 1)), -- then it measures no model
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    """
    create view decided_traces as
    -- where a person has said which failure modes there are: here, or in the file that was imported
    select t.id as trace, coalesce(d.proposals_seen, 0) as proposals_seen
    from traces t left join coded_traces d on d.trace = t.id
    where d.trace is not null
    or exists (select 1 from counted_codes c where c.trace = t.id and c.source = 'person')
    """,
    """
    create table analyses (
        -- what a model was asked to propose: groups of notes, or failure modes of fails; counts only once confirmed
        id integer primary key,
        project integer not null references projects,
        kind text not null check (kind in ('groups', 'codes')),
        config text not null default '{}' check (json_valid(config)),
        endpoint text not null,
        model text not null,
        concurrency integer not null default 1 check (concurrency between 1 and 1024),
        status text not null check (status in ('queued', 'running', 'done', 'paused', 'interrupted', 'cancelled',
            'failed')),
        message text not null default '',
        told text not null default '', -- what came of it, in a sentence
        calls integer not null default 0,
        prompt_tokens integer not null default 0,
        completion_tokens integer not null default 0,
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        ended_at text
    ) strict
    """,
    "create index analyses_of_project on analyses (project, id)",
    """
    create table analysis_items (
        -- one call each: of 'codes' a fail; of 'groups' there is one, about all notes
        id integer primary key,
        analysis integer not null references analyses,
        position integer not null,
        trace integer references traces,
        item text not null default '{}' check (json_valid(item)),
        done_at text, -- null: not called yet
        error text,
        raw text not null default '',
        attempts integer not null default 0,
        unique (analysis, position),
        check (error is null or done_at is not null)
    ) strict
    """,
    "create index open_items_of_analysis on analysis_items (analysis, position) where done_at is null",
    "create index analysis_items_of_trace on analysis_items (trace, analysis)",
    """
    create table proposed_codes (
        -- a model's word on one fail and one failure mode, and what the person made of it
        id integer primary key,
        analysis integer not null references analyses,
        trace integer not null references traces,
        failure_mode integer not null references failure_modes,
        decision text check (decision in ('confirmed', 'rejected')), -- null: nobody has looked
        decided_at text,
        unique (analysis, trace, failure_mode)
    ) strict
    """,
    "create index proposed_codes_of_trace on proposed_codes (trace)",
    "create index proposed_codes_of_failure_mode on proposed_codes (failure_mode, trace)",
    """
    create table steps (
        -- the steps of a system of several steps, in their order
        id integer primary key,
        project integer not null references projects,
        position integer not null,
        name text not null check (trim(name) <> ''),
        unique (project, name)
    ) strict
    """,
    """
    create table failing_steps (
        -- of a fail: the last step that was good (null: none was) and the first that failed
        trace integer primary key references traces,
        last_good integer references steps,
        first_failing integer not null references steps
    ) strict
    """,
    """
    create table fixes (
        id integer primary key,
        project integer not null references projects,
        title text not null check (trim(title) <> ''),
        text text not null default '',
        system_version text not null default '', -- the version that carries it; '': not yet in any
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        verified_at text -- only after the expert has looked
    ) strict
    """,
    "create index fixes_of_project on fixes (project, id)",
    """
    create table fix_failure_modes (
        fix integer not null references fixes,
        failure_mode integer not null references failure_modes,
        primary key (fix, failure_mode)
    ) strict, without rowid
    """,
    """
    create table fix_traces (
        -- the fails whose inputs are run again on the version that carries the fix
        fix integer not null references fixes,
        trace integer not null references traces,
        primary key (fix, trace)
    ) strict, without rowid
    """,
    """
    create table assertions (
        id integer primary key,
        project integer not null references projects,
        failure_mode integer references failure_modes,
        name text not null check (trim(name) <> ''),
        kind text not null,
        config text not null default '{}' check (json_valid(config)),
        reason text not null default '', -- why it was made before error analysis
        retired_at text,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        unique (project, name)
    ) strict
    """,
    """
    create table assertion_results (
        assertion integer not null references assertions,
        trace integer not null references traces,
        outcome text check (outcome in ('pass', 'fail')), -- null: it could not be checked, and detail says why
        detail text not null default '',
        content_hash text not null, -- what was checked
        primary key (assertion, trace)
    ) strict, without rowid
    """,
    "create index assertion_results_of_trace on assertion_results (trace)",
    # Whether a result is of what a trace holds now is asked of every one; its row may hold pages of text.
    "create index answers_by_content on traces (project, id, content_hash) where output is not null",
    # A special judge has one criterion: fail means that the trace has this failure mode.
    "alter table judges add column failure_mode integer references failure_modes",
    "alter table judges add column reason text not null default ''",  # why it was made before error analysis
    # What the prompt of a special judge shows as the outcome of an example, as the codes were then; null: the label's.
    "alter table prompt_examples add column outcome text check (outcome in ('pass', 'fail'))",
    """
    create table insights (
        -- what was learnt, about the product, its users or the AI
        id integer primary key,
        project integer not null references projects,
        kind text not null check (kind in ('product', 'user', 'AI')),
        text text not null check (trim(text) <> ''),
        author text not null default '',
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    """
    create table insight_traces (
        insight integer not null references insights,
        trace integer not null references traces,
        primary key (insight, trace)
    ) strict, without rowid
    """,
    """
    create table cycles (
        -- a round of review: why it was opened, and by when it should be done
        id integer primary key,
        project integer not null references projects,
        trigger text not null check (trigger in ('scheduled', 'model change', 'prompt change', 'incident')),
        reason text not null default '',
        due_on text,
        opened_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        closed_at text
    ) strict
    """,
    "create index cycles_of_project on cycles (project, id)",
)

"""Migration 006: looks at the sealed test split, rulings on disagreements, criteria, rules and who justified them."""

STATEMENTS = (
    # What the team wants the judge's agreement to reach.
    "alter table projects add column target real not null default 0.9 check (target between 0.5 and 1)",
    # With few labels: a trace that is an example is judged too, by the prompt without it.
    "alter table runs add column leave_one_out integer not null default 0 check (leave_one_out in (0, 1))",
    # Every trace is asked for although an equal verdict is there: only so can the judge's own noise be measured.
    "alter table runs add column anew integer not null default 0 check (anew in (0, 1))",
    # The equal verdict that was taken over; then nothing was paid.
    "alter table verdicts add column reused integer references verdicts",
    # What is typed over model and parameters, as it is typed: it may not be JSON yet. Null: as the version has them.
    "alter table prompt_drafts add column model text",
    "alter table prompt_drafts add column parameters text",
    """
    create table split_draws (
        -- the splits of the labelled traces were drawn again, balanced by outcome, near-duplicates together
        id integer primary key,
        project integer not null references projects,
        seed integer not null,
        moved integer not null,
        summary text not null check (json_valid(summary)),
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    # Whether a trace is of the test split is asked of every pair; its row may hold pages of text.
    "create index test_traces on traces (id) where split = 'test'",
    """
    create table input_splits (
        -- inputs that a draw has put elsewhere than their hash says: the same input imported later follows them
        project integer not null references projects,
        input text not null, -- its SHA-256
        split text not null check (split in ('train', 'dev', 'test')),
        primary key (project, input)
    ) strict, without rowid
    """,
    """
    create table test_looks (
        -- somebody opened the sealed test split for this run, on purpose
        id integer primary key,
        run integer not null references runs,
        reason text not null default '',
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    "create index test_looks_of_run on test_looks (run)",
    """
    create table criteria_versions (
        -- what pass and fail mean, in the expert's words; never edited, only succeeded
        id integer primary key,
        project integer not null references projects,
        number integer not null,
        text text not null,
        reason text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        unique (project, number)
    ) strict
    """,
    """
    create trigger criteria_versions_are_immutable before update on criteria_versions
    begin select raise(abort, 'a version of the criteria is never edited, only succeeded'); end
    """,
    """
    create table rulings (
        -- how a disagreement between a label and a verdict ended; the newest of the two counts
        id integer primary key,
        verdict integer not null references verdicts,
        label integer not null references labels, -- the one that disagreed
        -- open: an earlier ruling was taken back
        kind text not null check (kind in ('judge wrong', 'label wrong', 'criterion unclear', 'borderline', 'open')),
        note text not null default '',
        new_label integer references labels, -- where the label was wrong
        criteria integer references criteria_versions, -- where the criterion was unclear
        example integer not null default 0 check (example in (0, 1)), -- the label was put into the prompt's draft
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    "create index rulings_of_verdict on rulings (verdict, label, id)",
    "create index rulings_of_label on rulings (label)",
    """
    create table ruling_drafts (
        -- what is typed on a disagreement before it is ruled on
        verdict integer not null references verdicts,
        label integer not null references labels,
        kind text not null default '',
        note text not null default '',
        critique text not null default '',
        primary key (verdict, label)
    ) strict, without rowid
    """,
    """
    create table criteria_drafts (
        -- changes to the criteria that are no version yet
        project integer primary key references projects,
        number integer not null, -- of the version they were made from; 0: of none
        text text not null,
        reason text not null default ''
    ) strict
    """,
    """
    create table suggestions (
        -- what a model was asked to propose for a prompt; applied by nobody but a person
        id integer primary key,
        judge integer not null references judges,
        prompt_version integer not null references prompt_versions, -- what it starts from
        kind text not null check (kind in ('guidelines', 'revision', 'search')),
        config text not null default '{}' check (json_valid(config)),
        endpoint text not null,
        model text not null,
        status text not null check (status in ('queued', 'running', 'done', 'paused', 'interrupted', 'cancelled',
            'failed')),
        message text not null default '',
        result text check (result is null or json_valid(result)),
        calls integer not null default 0,
        prompt_tokens integer not null default 0,
        completion_tokens integer not null default 0,
        token text unique,
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        ended_at text
    ) strict
    """,
    "create index suggestions_of_judge on suggestions (judge, id)",
    """
    create table suggestion_replies (
        -- every reply a suggestion was paid for, by what was asked, so that going on asks for none of them again
        suggestion integer not null references suggestions,
        asked text not null,
        answer text not null check (json_valid(answer)),
        primary key (suggestion, asked)
    ) strict, without rowid
    """,
    """
    create table rules (
        -- a guideline of a judge's prompt, by its text, and through rule_labels the critiques that justify it
        id integer primary key,
        judge integer not null references judges,
        text text not null check (trim(text) <> ''),
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        unique (judge, text)
    ) strict
    """,
    """
    create table rule_labels (
        rule integer not null references rules,
        label integer not null references labels,
        primary key (rule, label)
    ) strict, without rowid
    """,
    """
    create table decisions (
        -- what a person decided where the agreement stood still
        id integer primary key,
        judge integer not null references judges,
        kind text not null check (kind in ('narrow the scope', 'fix the process', 'change the target',
            'keep a person on these', 'go on')),
        text text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
)

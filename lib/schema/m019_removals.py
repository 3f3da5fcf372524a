"""Migration 019: archived, deleted and taken back; what each import brought; labels that wait for their person."""

STATEMENTS = (
    "alter table projects add column archived_at text",
    "alter table judges add column archived_at text",
    """
    create table archived_traces (
        -- kept whole, but in no queue, no new run and no figure until they are brought back
        trace integer primary key references traces,
        author text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    # What the team calls it, who did it, and whether it was noted row by row what it brought.
    "alter table imports add column name text not null default ''",
    "alter table imports add column author text not null default ''",
    "alter table imports add column noted integer not null default 0 check (noted in (0, 1))",
    # Whether labels that carry the principal's name wait for the principal, because somebody else brought them.
    "alter table imports add column holds_back integer not null default 0 check (holds_back in (0, 1))",
    "alter table labels add column import integer references imports",
    "alter table verdicts add column import integer references imports",
    "alter table trace_values add column import integer references imports",
    "alter table trace_failure_modes add column import integer references imports",
    "alter table experts add column import integer references imports",
    "alter table judges add column import integer references imports",
    "alter table failure_modes add column import integer references imports",
    "alter table dimensions add column import integer references imports",
    "alter table dimension_values add column import integer references imports",
    """
    create table import_changes (
        -- a trace that was there before and got its answer or its time from an import: what it was
        import integer not null references imports,
        trace integer not null references traces,
        before text not null check (json_valid(before)),
        answered integer not null check (answered in (0, 1)), -- 0: it got its time alone
        content_hash text not null, -- as the import left it
        dated text, -- the time as the import left it
        primary key (import, trace)
    ) strict, without rowid
    """,
    """
    create table waiting_labels (
        -- of an imported file, in the principal's name, brought by somebody else: no label until the principal agrees
        id integer primary key,
        import integer not null references imports,
        trace integer not null references traces,
        expert integer not null references experts,
        outcome text not null check (outcome in ('pass', 'fail')),
        critique text not null,
        content_hash text not null,
        revised_response text not null,
        mode text not null,
        created_at text, -- as the file says; null: it does not
        unique (trace, expert, outcome, critique, revised_response)
    ) strict
    """,
    "create index waiting_labels_of_import on waiting_labels (import)",
    """
    create table removals (
        -- the log of what was renamed, archived, brought back, deleted or taken back; it refers to nothing, so it stays
        id integer primary key,
        project integer not null,
        project_name text not null,
        kind text not null check (kind in ('renamed', 'archived', 'brought back', 'deleted', 'taken back')),
        what text not null check (what in ('project', 'import', 'traces', 'judge')),
        name text not null,
        detail text not null default '{}' check (json_valid(detail)), -- counts of all that went with it
        author text not null default '',
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
    "create index removals_of_project on removals (project, id)",
    """
    create trigger removals_are_append_only before update on removals
    begin select raise(abort, 'the log is only added to'); end
    """,
    """
    create trigger removals_stay before delete on removals
    begin select raise(abort, 'the log is only added to'); end
    """,
    # Its prompt has lost an example that was deleted: what it asked is not what its version says today.
    "alter table runs add column lost_examples integer not null default 0 check (lost_examples in (0, 1))",
    """
    create table leaving (
        -- what one deletion takes with it, written and emptied inside its transaction: nothing at any other time
        kind text not null, -- the table; 'judged': traces of which what was said goes, but not they themselves
        id integer not null,
        primary key (kind, id)
    ) strict, without rowid
    """,
    "create view leaving_projects as select id from leaving where kind = 'projects'",
    "create view leaving_experts as select id from leaving where kind = 'experts'",
    "create view leaving_imports as select id from leaving where kind = 'imports'",
    "create view leaving_traces as select id from leaving where kind = 'traces'",
    "create view leaving_judged as select id from leaving where kind = 'judged'",
    "create view leaving_dimensions as select id from leaving where kind = 'dimensions'",
    "create view leaving_dimension_values as select id from leaving where kind = 'dimension_values'",
    "create view leaving_labels as select id from leaving where kind = 'labels'",
    "create view leaving_failure_modes as select id from leaving where kind = 'failure_modes'",
    "create view leaving_judges as select id from leaving where kind = 'judges'",
    "create view leaving_prompt_versions as select id from leaving where kind = 'prompt_versions'",
    "create view leaving_runs as select id from leaving where kind = 'runs'",
    "create view leaving_verdicts as select id from leaving where kind = 'verdicts'",
    "create view leaving_generations as select id from leaving where kind = 'generations'",
    "create view leaving_systems as select id from leaving where kind = 'systems'",
    "create view leaving_jobs as select id from leaving where kind = 'jobs'",
    "create view leaving_job_items as select id from leaving where kind = 'job_items'",
    "create view leaving_batches as select id from leaving where kind = 'batches'",
    "create view leaving_criteria_versions as select id from leaving where kind = 'criteria_versions'",
    "create view leaving_rulings as select id from leaving where kind = 'rulings'",
    "create view leaving_test_looks as select id from leaving where kind = 'test_looks'",
    "create view leaving_suggestions as select id from leaving where kind = 'suggestions'",
    "create view leaving_rules as select id from leaving where kind = 'rules'",
    "create view leaving_notes as select id from leaving where kind = 'notes'",
    "create view leaving_analyses as select id from leaving where kind = 'analyses'",
    "create view leaving_steps as select id from leaving where kind = 'steps'",
    "create view leaving_fixes as select id from leaving where kind = 'fixes'",
    "create view leaving_assertions as select id from leaving where kind = 'assertions'",
    "create view leaving_insights as select id from leaving where kind = 'insights'",
    "create view leaving_probes as select id from leaving where kind = 'probes'",
    "create view leaving_sign_offs as select id from leaving where kind = 'sign_offs'",
    # What is append-only goes by the one path that counts it first, and by no other.
    """
    create trigger labels_stay before delete on labels
    when not exists (select 1 from leaving where kind = 'labels' and id = old.id)
    begin select raise(abort, 'a label is never deleted by itself'); end
    """,
    """
    create trigger verdicts_stay before delete on verdicts
    -- an error that is asked for again makes room for its verdict
    when old.outcome is not null and not exists (select 1 from leaving where kind = 'verdicts' and id = old.id)
    begin select raise(abort, 'a verdict is never deleted by itself'); end
    """,
    """
    create trigger traces_stay before delete on traces
    when not exists (select 1 from leaving where kind = 'traces' and id = old.id)
    begin select raise(abort, 'a trace is never deleted by itself'); end
    """,
    """
    create trigger prompt_versions_stay before delete on prompt_versions
    when not exists (select 1 from leaving where kind = 'prompt_versions' and id = old.id)
    begin select raise(abort, 'a prompt version is never deleted by itself'); end
    """,
    """
    create trigger prompt_examples_stay before delete on prompt_examples
    when not exists (select 1 from leaving where kind = 'prompt_versions' and id = old.prompt_version)
        and not exists (select 1 from leaving where kind = 'labels' and id = old.label)
    begin select raise(abort, 'an example is never deleted by itself'); end
    """,
    """
    create trigger criteria_versions_stay before delete on criteria_versions
    when not exists (select 1 from leaving where kind = 'criteria_versions' and id = old.id)
    begin select raise(abort, 'a version of the criteria is never deleted by itself'); end
    """,
    """
    create trigger rulings_stay before delete on rulings
    when not exists (select 1 from leaving where kind = 'rulings' and id = old.id)
    begin select raise(abort, 'a ruling is never deleted by itself'); end
    """,
    """
    create trigger test_looks_stay before delete on test_looks
    when not exists (select 1 from leaving where kind = 'test_looks' and id = old.id)
    begin select raise(abort, 'a look at the test split is never deleted by itself'); end
    """,
    """
    create trigger sign_offs_stay before delete on sign_offs
    when not exists (select 1 from leaving where kind = 'sign_offs' and id = old.id)
    begin select raise(abort, 'a sign-off is never deleted by itself'); end
    """,
    "drop view current_labels",
    """
    create view current_labels as
    select l.*, l.mode <> 'shadow' and l.unbiased = 1 as counts
    from labels l where l.purpose <> 'repeat' and not exists (
        select 1 from labels n where n.trace = l.trace and n.expert = l.expert and n.purpose <> 'repeat'
        and n.id > l.id) and not exists (select 1 from archived_traces put where put.trace = l.trace)
    """,
    "drop view counted_codes",
    """
    create view counted_codes as
    select c.trace, c.failure_mode, c.source
    from trace_failure_modes c join failure_modes f on f.id = c.failure_mode where f.confirmed = 1
    and not exists (select 1 from archived_traces put where put.trace = c.trace)
    """,
    # Of every row that goes, each table that may refer to it is asked: without these it would be read whole each time.
    "create index traces_of_import on traces (import) where import is not null",
    "create index labels_of_import on labels (import) where import is not null",
    "create index verdicts_of_import on verdicts (import) where import is not null",
    "create index values_of_import on trace_values (import) where import is not null",
    "create index codes_of_import on trace_failure_modes (import) where import is not null",
    "create index changes_of_trace on import_changes (trace)",
    "create index run_traces_of_trace on run_traces (trace)",
    "create index verdicts_reused on verdicts (reused) where reused is not null",
    "create index proposals_of_trace on proposals (trace) where trace is not null",
    "create index proposals_of_generation on proposals (generation)",
    "create index generations_of_item on generations (job_item) where job_item is not null",
    "create index job_items_of_trace on job_items (trace) where trace is not null",
    "create index fix_traces_of_trace on fix_traces (trace)",
    "create index insight_traces_of_trace on insight_traces (trace)",
    "create index probe_items_of_trace on probe_items (trace)",
    "create index tied_by_session on tied_traces (session) where session is not null",
    "create index tied_by_input on tied_traces (input) where input is not null",
    "create index examples_of_label on prompt_examples (label)",
    "create index items_of_label on queue_items (label) where label is not null",
    "create index examples_of_modes on failure_modes (example) where example is not null",
    "create index new_labels_of_rulings on rulings (new_label) where new_label is not null",
    "create index ruling_drafts_of_label on ruling_drafts (label)",
    "create index rule_labels_of_label on rule_labels (label)",
    "create index mode_notes_of_note on failure_mode_notes (note)",
)

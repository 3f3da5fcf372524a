"""Deletes what is noted in `leaving`, and mends what stays: nothing points at what is gone, and nothing is paid twice.

What others rest on is deleted after them. Knows nothing of why it goes.
"""

from lib.store.database import Store

# What stays is mended first, while what goes can still be read.
MENDED = {
    # The money was spent all the same.
    "runs.dropped": """update runs set
        dropped_calls = dropped_calls + (select coalesce(sum(v.attempts), 0) from verdicts v
            where v.run = runs.id and v.reused is null and v.id in leaving_verdicts),
        dropped_prompt_tokens = dropped_prompt_tokens + (select coalesce(sum(v.prompt_tokens), 0) from verdicts v
            where v.run = runs.id and v.reused is null and v.id in leaving_verdicts),
        dropped_completion_tokens = dropped_completion_tokens + (select coalesce(sum(v.completion_tokens), 0)
            from verdicts v where v.run = runs.id and v.reused is null and v.id in leaving_verdicts),
        dropped_cached_tokens = dropped_cached_tokens + (select coalesce(sum(v.cached_tokens), 0) from verdicts v
            where v.run = runs.id and v.reused is null and v.id in leaving_verdicts)
        where status <> 'recorded' and id not in leaving_runs
        and id in (select w.run from verdicts w where w.id in leaving_verdicts)""",
    # Taken over from one that goes: still nothing was paid for it.
    "verdicts.reused": """update verdicts set reused = id
        where reused in leaving_verdicts and id not in leaving_verdicts""",
    "runs.lost_examples": """update runs set lost_examples = 1 where id not in leaving_runs
        and prompt_version in (select x.prompt_version from prompt_examples x where x.label in leaving_labels)""",
    "prompt_drafts.examples": """update prompt_drafts set examples = (select json_group_array(k.value)
            from json_each(examples) k where k.value not in leaving_labels)
        where exists (select 1 from json_each(examples) k where k.value in leaving_labels)""",
    "failure_modes.example": """update failure_modes set example = null
        where example in leaving_labels and id not in leaving_failure_modes""",
    "rulings.new_label": """update rulings set new_label = null
        where new_label in leaving_labels and id not in leaving_rulings""",
    # Answered by a label that goes, an item waits again, unless a later label answers it too.
    "queue_items.label": """update queue_items set label = (select min(l.id) from labels l
            where l.trace = queue_items.trace and l.id > queue_items.label and l.purpose <> 'repeat'
            and (queue_items.expert is null or l.expert = queue_items.expert) and l.id not in leaving_labels)
        where label in leaving_labels and trace not in leaving_judged""",
    "generations.job_item": """update generations set job_item = null
        where job_item in leaving_job_items and id not in leaving_generations""",
    # The earliest answer that stays is the one that the others point at.
    "traces.answers": """update traces set answers = nullif(f.first, traces.id) from (
            select answers, min(id) as first from traces where answers in leaving_traces and id not in leaving_traces
            group by answers) f
        where traces.answers = f.answers and traces.id not in leaving_traces""",
    # Alone a trace shares nothing.
    "tied_traces.alone in a session": """update tied_traces set session = null from (
            select min(trace) as alone from tied_traces where trace not in leaving_traces and session in (
                select session from tied_traces where trace in leaving_traces)
            group by session having count(*) = 1) f
        where tied_traces.trace = f.alone""",
    "tied_traces.alone with an input": """update tied_traces set input = null from (
            select min(trace) as alone from tied_traces where trace not in leaving_traces and input in (
                select input from tied_traces where trace in leaving_traces)
            group by input having count(*) = 1) f
        where tied_traces.trace = f.alone""",
    "tied_traces.session": """update tied_traces set session = f.first from (
            select session, min(trace) as first from tied_traces
            where session in leaving_traces and trace not in leaving_traces group by session) f
        where tied_traces.session = f.session and tied_traces.trace not in leaving_traces""",
    "tied_traces.input": """update tied_traces set input = f.first from (
            select input, min(trace) as first from tied_traces
            where input in leaving_traces and trace not in leaving_traces group by input) f
        where tied_traces.input = f.input and tied_traces.trace not in leaving_traces""",
    "traces.before": """update traces set (output, messages, context, content_hash, system_version, steps, session) = (
            select c.before ->> 'output', c.before ->> 'messages', c.before ->> 'context', c.before ->> 'content_hash',
                c.before ->> 'system_version', c.before ->> 'steps', c.before ->> 'session'
            from import_changes c where c.trace = traces.id and c.import in leaving_imports)
        where id in leaving_judged and id not in leaving_traces""",
    "traces.created_at": """update traces set created_at = c.before ->> 'created_at' from import_changes c
        where c.trace = traces.id and c.import in leaving_imports and traces.id not in leaving_traces
        and traces.created_at is c.dated""",
    # With its answer it may have got its session.
    "tied_traces.trace": """update tied_traces set session = null where trace in leaving_judged
        and (select session from traces where id = tied_traces.trace) is null""",
    "experts.import": """update experts set import = null
        where import in leaving_imports and id not in leaving_experts""",
    "judges.import": "update judges set import = null where import in leaving_imports and id not in leaving_judges",
    "failure_modes.import": """update failure_modes set import = null
        where import in leaving_imports and id not in leaving_failure_modes""",
    "dimensions.import": """update dimensions set import = null
        where import in leaving_imports and id not in leaving_dimensions""",
    "dimension_values.import": """update dimension_values set import = null
        where import in leaving_imports and id not in leaving_dimension_values""",
}

# Each table with the statements that empty it of what goes, in an order in which nothing rests on what is gone.
CLEARED = {
    "source_notes": ("delete from source_notes where trace in leaving_traces",
                     "delete from source_notes where source in leaving_sources"),
    "source_traces": ("delete from source_traces where trace in leaving_traces",
                      "delete from source_traces where source in leaving_sources"),
    "source_pulls": ("delete from source_pulls where source in leaving_sources",),
    "sources": ("delete from sources where id in leaving_sources",
                "delete from sources where project in leaving_projects"),
    "watch_files": ("delete from watch_files where watch in leaving_watches",),
    "watch_traces": ("delete from watch_traces where watch in leaving_watches",
                     "delete from watch_traces where trace in leaving_judged"),
    "watch_runs": ("delete from watch_runs where watch in leaving_watches",
                   "delete from watch_runs where run in leaving_runs"),
    "watch_alerts": ("delete from watch_alerts where watch in leaving_watches",),
    "watches": ("delete from watches where id in leaving_watches",
                "delete from watches where project in leaving_projects",
                "delete from watches where judge in leaving_judges"),
    "waiting_labels": ("delete from waiting_labels where import in leaving_imports",
                       "delete from waiting_labels where trace in leaving_judged",
                       "delete from waiting_labels where expert in leaving_experts"),
    "feedback": ("delete from feedback where trace in leaving_judged",
                 "delete from feedback where import in leaving_imports"),
    "import_changes": ("delete from import_changes where import in leaving_imports",
                       "delete from import_changes where trace in leaving_traces"),
    "archived_traces": ("delete from archived_traces where trace in leaving_traces",),
    "sign_offs": ("delete from sign_offs where id in leaving_sign_offs",
                  "delete from sign_offs where project in leaving_projects"),
    "people_events": ("delete from people_events where project in leaving_projects",),
    "ruling_drafts": ("delete from ruling_drafts where verdict in leaving_verdicts",
                      "delete from ruling_drafts where label in leaving_labels"),
    "rulings": ("delete from rulings where id in leaving_rulings",),
    "rule_labels": ("delete from rule_labels where rule in leaving_rules",
                    "delete from rule_labels where label in leaving_labels"),
    "rules": ("delete from rules where id in leaving_rules",),
    "decisions": ("delete from decisions where judge in leaving_judges",),
    "suggestion_replies": ("delete from suggestion_replies where suggestion in leaving_suggestions",),
    "suggestions": ("delete from suggestions where id in leaving_suggestions",),
    "replacements": ("delete from replacements where old_run in leaving_runs",
                     "delete from replacements where new_run in leaving_runs"),
    "frozen_readings": ("delete from frozen_readings where run in leaving_runs",
                        "delete from frozen_readings where frozen in leaving_runs"),
    "frozen_traces": ("delete from frozen_traces where run in leaving_runs",
                      "delete from frozen_traces where trace in leaving_judged"),
    "frozen_sets": ("delete from frozen_sets where run in leaving_runs",),
    "probe_items": ("delete from probe_items where probe in leaving_probes",
                    "delete from probe_items where trace in leaving_judged"),
    "probes": ("delete from probes where id in leaving_probes",
               "delete from probes where project in leaving_projects"),
    "test_looks": ("delete from test_looks where id in leaving_test_looks",),
    "verdicts": ("delete from verdicts where id in leaving_verdicts",),
    "run_traces": ("delete from run_traces where run in leaving_runs",
                   "delete from run_traces where trace in leaving_judged"),
    "batch_files": ("delete from batch_files where run in leaving_runs",),
    "batch_runs": ("delete from batch_runs where run in leaving_runs",),
    "run_caps": ("delete from run_caps where run in leaving_runs",),
    "runs": ("delete from runs where id in leaving_runs",),
    "prompt_drafts": ("delete from prompt_drafts where prompt_version in leaving_prompt_versions",),
    "prompt_examples": ("delete from prompt_examples where prompt_version in leaving_prompt_versions",
                        "delete from prompt_examples where label in leaving_labels"),
    "prompt_versions": ("delete from prompt_versions where id in leaving_prompt_versions",),
    "judges": ("delete from judges where id in leaving_judges",),
    "proposed_codes": ("delete from proposed_codes where trace in leaving_judged",
                       "delete from proposed_codes where failure_mode in leaving_failure_modes",
                       "delete from proposed_codes where analysis in leaving_analyses"),
    "analysis_items": ("delete from analysis_items where trace in leaving_judged",
                       "delete from analysis_items where analysis in leaving_analyses"),
    "analyses": ("delete from analyses where id in leaving_analyses",),
    "failure_mode_notes": ("delete from failure_mode_notes where failure_mode in leaving_failure_modes",
                           "delete from failure_mode_notes where note in leaving_notes"),
    "failure_mode_events": ("delete from failure_mode_events where failure_mode in leaving_failure_modes",),
    "notes": ("delete from notes where id in leaving_notes",),
    "note_drafts": ("delete from note_drafts where trace in leaving_judged",),
    "fix_failure_modes": ("delete from fix_failure_modes where fix in leaving_fixes",
                          "delete from fix_failure_modes where failure_mode in leaving_failure_modes"),
    "fix_traces": ("delete from fix_traces where fix in leaving_fixes",
                   "delete from fix_traces where trace in leaving_traces"),
    "fixes": ("delete from fixes where id in leaving_fixes",),
    "assertion_results": ("delete from assertion_results where assertion in leaving_assertions",
                          "delete from assertion_results where trace in leaving_judged"),
    "assertions": ("delete from assertions where id in leaving_assertions",),
    "insight_traces": ("delete from insight_traces where insight in leaving_insights",
                       "delete from insight_traces where trace in leaving_traces"),
    "insights": ("delete from insights where id in leaving_insights",),
    "trace_failure_modes": ("delete from trace_failure_modes where trace in leaving_judged",
                            "delete from trace_failure_modes where failure_mode in leaving_failure_modes",
                            "delete from trace_failure_modes where import in leaving_imports"),
    "coded_traces": ("delete from coded_traces where trace in leaving_judged",),
    "failing_steps": ("delete from failing_steps where trace in leaving_judged",
                      "delete from failing_steps where first_failing in leaving_steps",
                      "delete from failing_steps where last_good in leaving_steps"),
    "steps": ("delete from steps where id in leaving_steps",),
    "failure_modes": ("delete from failure_modes where id in leaving_failure_modes",),
    "claims": ("delete from claims where trace in leaving_judged",
               "delete from claims where expert in leaving_experts"),
    "queue_items": ("delete from queue_items where trace in leaving_judged",
                    "delete from queue_items where batch in leaving_batches",
                    "delete from queue_items where expert in leaving_experts"),
    "batches": ("delete from batches where id in leaving_batches",),
    "labels": ("delete from labels where id in leaving_labels",),
    "drafts": ("delete from drafts where trace in leaving_judged",
               "delete from drafts where expert in leaving_experts"),
    "deferrals": ("delete from deferrals where trace in leaving_judged",
                  "delete from deferrals where expert in leaving_experts"),
    "reveals": ("delete from reveals where trace in leaving_judged",
                "delete from reveals where expert in leaving_experts"),
    "desk_choices": ("delete from desk_choices where expert in leaving_experts",),
    "proposals": ("delete from proposals where trace in leaving_traces",
                  "delete from proposals where generation in leaving_generations"),
    "generations": ("delete from generations where id in leaving_generations",),
    "job_items": ("delete from job_items where id in leaving_job_items",),
    "jobs": ("delete from jobs where id in leaving_jobs",),
    "systems": ("delete from systems where id in leaving_systems",),
    "trace_values": ("delete from trace_values where trace in leaving_traces",
                     "delete from trace_values where value in leaving_dimension_values",
                     "delete from trace_values where import in leaving_imports"),
    "dimension_values": ("delete from dimension_values where id in leaving_dimension_values",),
    "dimensions": ("delete from dimensions where id in leaving_dimensions",),
    "impossible_combinations": ("delete from impossible_combinations where project in leaving_projects",),
    "tied_traces": ("delete from tied_traces where trace in leaving_traces",
                    "delete from tied_traces where session is null and input is null"),
    "traces": ("delete from traces where id in leaving_traces",),
    "trace_columns": ("delete from trace_columns where project in leaving_projects",
                      "delete from trace_columns where expert in leaving_experts"),
    "experts": ("delete from experts where id in leaving_experts",),
    "imports": ("delete from imports where id in leaving_imports",),
    "pins": ("delete from pins where project in leaving_projects",),
    "documents": ("delete from documents where project in leaving_projects",),
    "split_draws": ("delete from split_draws where project in leaving_projects",),
    "input_splits": ("delete from input_splits where project in leaving_projects",),
    "criteria_drafts": ("delete from criteria_drafts where project in leaving_projects",),
    "criteria_versions": ("delete from criteria_versions where id in leaving_criteria_versions",),
    "going_on": ("delete from going_on where project in leaving_projects",),
    "cycles": ("delete from cycles where project in leaving_projects",),
    "projects": ("delete from projects where id in leaving_projects",),
    "leaving": ("delete from leaving",),
}


def clear(store: Store) -> None:
    """Takes out what is marked; inside the caller's transaction."""
    reference = store.value("select 1 from documents where project in leaving_projects")
    for statement in MENDED.values():
        store.execute(statement)
    for statements in CLEARED.values():
        for statement in statements:
            store.execute(statement)
    if reference:
        # The index of words keeps what was deleted until it is merged.
        store.execute("insert into documents_index (documents_index) values ('optimize')")

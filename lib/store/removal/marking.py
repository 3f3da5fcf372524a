"""What goes with what: every row that a deletion takes is noted in the table `leaving` before anything is counted.

A statement for each arrow between two tables, in an order in which what it rests on is noted before. Knows nothing of
how rows are deleted. A test holds these statements, with those of `clearing`, against the references of the schema.
"""

from lib.store.database import Store

# What an import has brought, beside what goes with that: its traces, and what it said of others.
_BROUGHT = (
    "insert or ignore into leaving select 'traces', id from traces where import in leaving_imports",
    "insert or ignore into leaving select 'labels', id from labels where import in leaving_imports",
    "insert or ignore into leaving select 'verdicts', id from verdicts where import in leaving_imports",
    # Its answer goes, so all that was said of the answer goes; the input stays, for it was there before. Where the
    # answer is another one now, nothing of it is touched.
    """insert or ignore into leaving select 'judged', c.trace from import_changes c join traces t on t.id = c.trace
        where c.import in leaving_imports and c.answered and t.content_hash = c.content_hash""",
)
_PROJECT = (
    "insert or ignore into leaving select 'experts', id from experts where project in leaving_projects",
    "insert or ignore into leaving select 'imports', id from imports where project in leaving_projects",
    "insert or ignore into leaving select 'traces', id from traces where project in leaving_projects",
    "insert or ignore into leaving select 'dimensions', id from dimensions where project in leaving_projects",
    "insert or ignore into leaving select 'failure_modes', id from failure_modes where project in leaving_projects",
    "insert or ignore into leaving select 'judges', id from judges where project in leaving_projects",
    "insert or ignore into leaving select 'generations', id from generations where project in leaving_projects",
    "insert or ignore into leaving select 'systems', id from systems where project in leaving_projects",
    "insert or ignore into leaving select 'jobs', id from jobs where project in leaving_projects",
    "insert or ignore into leaving select 'batches', id from batches where project in leaving_projects",
    """insert or ignore into leaving select 'criteria_versions', id from criteria_versions
        where project in leaving_projects""",
    "insert or ignore into leaving select 'analyses', id from analyses where project in leaving_projects",
    "insert or ignore into leaving select 'steps', id from steps where project in leaving_projects",
    "insert or ignore into leaving select 'fixes', id from fixes where project in leaving_projects",
    "insert or ignore into leaving select 'assertions', id from assertions where project in leaving_projects",
    "insert or ignore into leaving select 'insights', id from insights where project in leaving_projects",
    "insert or ignore into leaving select 'sign_offs', id from sign_offs where project in leaving_projects",
    "insert or ignore into leaving select 'sources', id from sources where project in leaving_projects",
)
_OF_TRACES = (
    "insert or ignore into leaving select 'judged', id from leaving_traces",
    "insert or ignore into leaving select 'labels', id from labels where trace in leaving_judged",
    "insert or ignore into leaving select 'verdicts', id from verdicts where trace in leaving_judged",
    "insert or ignore into leaving select 'notes', id from notes where trace in leaving_judged",
    # What a sign-off says of a trace holds critiques.
    """insert or ignore into leaving select 'sign_offs', s.id from leaving_judged g join traces t on t.id = g.id
        join sign_offs s on s.project = t.project and s.detail ->> 'trace' = t.trace_id""",
)
# What an import has begun goes where nobody else has done anything with it.
_EMPTY_NOW = (
    """insert or ignore into leaving select 'judges', j.id from judges j where j.import in leaving_imports
        and j.failure_mode is null and not exists (select 1 from prompt_versions p where p.judge = j.id)
        and not exists (select 1 from rules u where u.judge = j.id)
        and not exists (select 1 from decisions d where d.judge = j.id)
        and not exists (select 1 from verdicts v join runs r on r.id = v.run
            where r.judge = j.id and v.id not in leaving_verdicts)""",
    """insert or ignore into leaving select 'failure_modes', f.id from failure_modes f
        where f.import in leaving_imports
        and (f.definition, f.status, f.kind, f.impact, f.decision, f.owner) = ('', 'open', '', 'medium', '', '')
        and f.merged_into is null and f.rejected_at is null and f.due_on is null
        and not exists (select 1 from failure_modes m where m.merged_into = f.id)
        and not exists (select 1 from failure_mode_events e where e.failure_mode = f.id)
        and not exists (select 1 from failure_mode_notes n where n.failure_mode = f.id
            and n.note not in leaving_notes)
        and not exists (select 1 from fix_failure_modes x where x.failure_mode = f.id)
        and not exists (select 1 from assertions a where a.failure_mode = f.id)
        and not exists (select 1 from judges j where j.failure_mode = f.id)
        and not exists (select 1 from proposed_codes p where p.failure_mode = f.id and p.trace not in leaving_judged)
        and not exists (select 1 from trace_failure_modes c where c.failure_mode = f.id
            and c.trace not in leaving_judged and coalesce(c.import, 0) not in leaving_imports)""",
    """insert or ignore into leaving select 'dimension_values', v.id from dimension_values v
        join dimensions d on d.id = v.dimension where v.import in leaving_imports
        and (v.description, v.example) = ('', '') and v.retired_at is null
        and not exists (select 1 from impossible_combinations i where i.project = d.project
            and exists (select 1 from json_each(i.combination) k where k.key = d.name and k.value = v.name))
        and not exists (select 1 from trace_values x where x.value = v.id
            and x.trace not in leaving_traces and coalesce(x.import, 0) not in leaving_imports)""",
    """insert or ignore into leaving select 'dimensions', d.id from dimensions d where d.import in leaving_imports
        and d.description = '' and d.retired_at is null
        and not exists (select 1 from dimension_values v where v.dimension = d.id
            and v.id not in leaving_dimension_values)""",
    """insert or ignore into leaving select 'experts', e.id from experts e where e.import in leaving_imports
        and (e.role, e.basis, e.works_as) = ('', '', 'expert') and e.retired_at is null and e.merged_into is null
        and not exists (select 1 from experts m where m.merged_into = e.id)
        and not exists (select 1 from labels l where l.expert = e.id and l.id not in leaving_labels)
        and not exists (select 1 from drafts x where x.expert = e.id and x.trace not in leaving_judged)
        and not exists (select 1 from deferrals x where x.expert = e.id and x.trace not in leaving_judged)
        and not exists (select 1 from reveals x where x.expert = e.id and x.trace not in leaving_judged)
        and not exists (select 1 from desk_choices x where x.expert = e.id)
        and not exists (select 1 from claims x where x.expert = e.id and x.trace not in leaving_judged)
        and not exists (select 1 from queue_items x where x.expert = e.id and x.trace not in leaving_judged)
        and not exists (select 1 from waiting_labels x where x.expert = e.id and x.import not in leaving_imports)
        and not exists (select 1 from people_events p where p.project = e.project
            and e.name in (p.author, p.detail ->> 'name', p.detail ->> 'into'))
        and not exists (select 1 from sign_offs s where s.project = e.project and s.asked_by = e.name)
        and not exists (select 1 from imports i where i.project = e.project and i.author = e.name
            and i.id not in leaving_imports)""",
)
_REST = (
    "insert or ignore into leaving select 'prompt_versions', id from prompt_versions where judge in leaving_judges",
    "insert or ignore into leaving select 'runs', id from runs where judge in leaving_judges",
    "insert or ignore into leaving select 'watches', id from watches where judge in leaving_judges",
    "insert or ignore into leaving select 'suggestions', id from suggestions where judge in leaving_judges",
    "insert or ignore into leaving select 'rules', id from rules where judge in leaving_judges",
    "insert or ignore into leaving select 'test_looks', id from test_looks where run in leaving_runs",
    "insert or ignore into leaving select 'probes', id from probes where run in leaving_runs",
    "insert or ignore into leaving select 'verdicts', id from verdicts where run in leaving_runs",
    "insert or ignore into leaving select 'dimension_values', id from dimension_values where dimension in"
    " leaving_dimensions",
    "insert or ignore into leaving select 'job_items', id from job_items where trace in leaving_traces",
    "insert or ignore into leaving select 'job_items', id from job_items where job in leaving_jobs",
    "insert or ignore into leaving select 'rulings', id from rulings where verdict in leaving_verdicts",
    "insert or ignore into leaving select 'rulings', id from rulings where label in leaving_labels",
    """insert or ignore into leaving select 'sign_offs', s.id from leaving_runs g join runs r on r.id = g.id
        join judges j on j.id = r.judge join sign_offs s on s.project = j.project and s.detail ->> 'run' = r.id""",
    """insert or ignore into leaving select 'sign_offs', s.id from leaving_imports g join imports i on i.id = g.id
        join sign_offs s on s.project = i.project and s.detail ->> 'import' = i.id""",
)
STATEMENTS = (*_BROUGHT, *_PROJECT, *_OF_TRACES, *_EMPTY_NOW, *_REST)


def mark(store: Store, kind: str, keys: list[int]) -> None:
    """Notes these rows of a table (projects, imports, traces, judges) and all that goes with them.

    Inside the caller's transaction, in which `clearing` empties the table again.
    """
    store.execute_many("insert or ignore into leaving (kind, id) values (:kind, :id)",
                       [{"kind": kind, "id": key} for key in keys])
    for statement in STATEMENTS:
        store.execute(statement)

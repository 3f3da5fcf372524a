"""What a rate counts, in SQL: which outcome of whom stands for a trace, and on which day.

Two conditions keep a rate fair: a label on a trace that was drawn by looking at an outcome is never counted, and a
verdict is counted only on traces the judge's prompt has not seen. Holds text alone, for queries elsewhere in the store.
"""

# Of a trace t and its label l, in UTC: when the AI answered, where the trace says so, else when it was labelled. What
# is counted by month and what a period lists go by the same day.
DAY = "coalesce(date(t.created_at), date(l.created_at))"
EXPERT = """(select id from experts where project = :project
    and case when :expert is null then is_principal = 1 else name = :expert end)"""
# Of a verdict v and its run r: its prompt shows the trace, or was tuned where the trace is. What a judge recorded
# elsewhere was tuned on is not known here; it was not on our splits.
SEEN = """(r.prompt_version is not null and ((select split from traces where id = v.trace) <> 'test'
    or exists (select 1 from prompt_examples x join labels shown on shown.id = x.label
        where x.prompt_version = r.prompt_version and shown.trace = v.trace)))"""
FAIR_LABEL = """exists (select 1 from current_labels f where f.trace = v.trace and f.unbiased = 1
    and f.expert = """ + EXPERT + ")"
# What :in_run names: the number of a run, or a JSON list of several; nothing else names any.
_RUNS = "(select value from json_each(case when json_valid(:in_run) then :in_run else '[]' end))"
RUN = """verdicts v join runs r on r.id = v.run join judges j on j.id = r.judge and j.project = :project
    where v.outcome is not null and v.trace not in (select trace from archived_traces) and v.run in """ + _RUNS + """
    -- Of several runs the newest outcome on a trace counts; one run has no other.
    and (:in_run not glob '[[]*' or v.id in (select max(one.id) from verdicts one
        where one.outcome is not null and one.run in """ + _RUNS + " group by one.trace))"
# The verdicts that a rate counts, bound as SAID is.
JUDGED = RUN + """ and :rated <> 'expert' and (:seen is not null or not """ + SEEN + """)
    and (:rated = 'judge' or not """ + FAIR_LABEL + ")"
# (trace, outcome, judged), bound to :rated (expert, judge or both), :expert (None: the principal), :in_run and :seen
# (None: verdicts on traces that the prompt has seen are left out).
SAID = """(select l.trace, l.outcome, 0 as judged from current_labels l
        where :rated <> 'judge' and l.unbiased = 1 and l.expert = """ + EXPERT + """
    union all
    select v.trace, v.outcome, 1 from """ + JUDGED + ")"

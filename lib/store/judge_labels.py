"""What a judge is measured on: the expert's labels, or for a special judge the codes of its one failure mode.

A fail of a special judge is a label whose trace has the failure mode; a pass is one that passed, or failed and was
coded without it. A fail that nobody has coded says nothing to it. The rule stands here once, for all of the store.
"""

# Of a label l: whether its trace has the failure mode of a judge j. A mode that was merged is the one it went into.
_HAS = """exists (select 1 from failure_modes f join counted_codes c on c.failure_mode = coalesce(f.merged_into, f.id)
    where f.id = j.failure_mode and c.trace = l.trace)"""
# What a label l says to a judge j; null: nothing.
SAYS = """(case when j.failure_mode is null or l.outcome = 'pass' then l.outcome when """ + _HAS + """ then 'fail'
    when exists (select 1 from decided_traces d where d.trace = l.trace) then 'pass' end)"""
# To join: (judge, and all of a label that figures use).
JUDGE_LABELS = "(select j.id as judge, l.id, l.trace, l.expert, " + SAYS + """ as outcome, l.critique, l.mode, l.counts
    from judges j cross join current_labels l where """ + SAYS + " is not null)"
# Before the critique of a fail that is a pass to a special judge.
OTHER = "This failure mode is not here. The expert failed it for something else: "

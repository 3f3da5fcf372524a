"""Which pairs of a label and a verdict a figure may count, in SQL: shown in the prompt, sealed, counted.

Holds text alone, for queries elsewhere in the store; what a judge is measured on is in judge_labels.py.
"""

from lib.sampling.splits import FEW
from lib.store.judge_labels import JUDGE_LABELS

_FEW = str(FEW)
LABELLED = """select distinct l.trace from labels l where l.purpose <> 'repeat'
    and l.expert = (select id from experts where project = :project and is_principal)"""
# Whether the principal has labelled enough traces to put some of them aside.
ENOUGH = "((select count(*) from (" + LABELLED + " limit " + _FEW + ")) = " + _FEW + ")"
# Of a verdict v and its run r: whether the prompt shows the trace. With few labels a run may leave out, for each trace,
# the example that is this trace: then the pair counts.
SHOWN = """(exists (select 1 from prompt_examples x join labels shown on shown.id = x.label
        where x.prompt_version = r.prompt_version and shown.trace = v.trace)
    and not (r.leave_one_out and not """ + ENOUGH + "))"
# Of a verdict v and its run r: whether the pair is put aside for the last test. Recorded verdicts have no prompt.
SEALED = """(r.prompt_version is not null and exists (select 1 from traces put indexed by test_traces
        where put.id = v.trace and put.split = 'test')
    and """ + ENOUGH + ")"
COUNTED = "(:every or l.counts)"
# Of a verdict v: which session and which input its trace shares with others, as `tied`; null where it shares none.
TIED = " left join tied_traces tied on tied.trace = v.trace "
ANY_PAIR = """
    from verdicts v join runs r on r.id = v.run
    join """ + JUDGE_LABELS + """ l on l.judge = r.judge and l.trace = v.trace and l.expert = :expert
    """ + TIED + "where v.run = :run and not " + SHOWN
# The pairs that may be seen; what a sealed test split holds is read by `measured` alone.
PAIRED = ANY_PAIR + " and not " + SEALED + " "

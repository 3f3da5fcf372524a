"""What a judge said of one trace whenever the very same was asked of it: is it always the same?

Knows the runs of one prompt version, model and parameters; what was taken over was not asked, so it says nothing.
"""

from lib.store.database import Store
from lib.store.pairs import TIED

_ALIKE = """
    from runs r join runs mine on mine.id = :run join judges j on j.id = r.judge
    where j.project = :project and r.prompt_version = mine.prompt_version and r.model = mine.model
    and r.endpoint = mine.endpoint and r.address = mine.address and r.parameters = mine.parameters
    and r.question = mine.question and r.leave_one_out = mine.leave_one_out
    """


def alike(store: Store, run: int) -> list[int]:
    """The runs that ask what this one asks, itself among them, oldest first; none for recorded verdicts."""
    return [row[0] for row in store.rows("select r.id" + _ALIKE + "order by r.id", run=run)]


def repeated(store: Store, run: int) -> list[tuple[str, bool, int | None, int | None]]:
    """(trace, whether the judge contradicts itself on it, session, input) of what these runs judged more than once.

    A session or an input that the trace shares with no other is None.
    """
    return [(row[0], bool(row[1]), row[2], row[3]) for row in store.rows("""
        select t.trace_id, count(distinct v.outcome) > 1, max(tied.session), max(tied.input)
        from verdicts v join traces t on t.id = v.trace""" + TIED + """
        where t.project = :project and v.outcome is not null and v.reused is null and v.content_hash = t.content_hash
        and t.id not in (select trace from archived_traces)
        and v.run in (select r.id""" + _ALIKE + """) group by t.id having count(*) > 1 order by t.id""", run=run)]


def reordered(store: Store, run: int) -> list[tuple[int, int]]:
    """(run, number of its prompt version) that ask what a run asks with its examples in another order, oldest first.

    Of each version its newest run; none for recorded verdicts.
    """
    return [(row[0], row[1]) for row in store.rows("""select max(r.id), p.number
        from runs mine join prompt_versions own on own.id = mine.prompt_version
        join runs r on r.judge = mine.judge join prompt_versions p on p.id = r.prompt_version
        join judges j on j.id = r.judge
        where mine.id = :run and j.project = :project and p.template = own.template and r.model = mine.model
        and r.endpoint = mine.endpoint and r.address = mine.address and r.parameters = mine.parameters
        and r.question = mine.question and r.criteria = mine.criteria and r.leave_one_out = mine.leave_one_out
        and (select group_concat(label) from (select label from prompt_examples
                where prompt_version = p.id order by label))
            = (select group_concat(label) from (select label from prompt_examples
                where prompt_version = own.id order by label))
        and (select group_concat(label) from (select label from prompt_examples
                where prompt_version = p.id order by position))
            <> (select group_concat(label) from (select label from prompt_examples
                where prompt_version = own.id order by position))
        group by p.id order by p.number""", run=run)]


def moved(store: Store, run: int) -> list[tuple[int, int, bool, float, float]]:
    """(run, number of its version, whether it has the same order of options, P of this run, P of that one), per trace.

    Of runs that answer with a probability and ask what this run asks, or the same in another order of the options.
    What was taken over was not asked, and is left out.
    """
    return [(row[0], row[1], bool(row[2]), row[3], row[4]) for row in store.rows("""
        select r.id, p.number, json_extract(p.decision, '$.order') = json_extract(own.decision, '$.order'),
            v.p_pass, w.p_pass
        from runs mine join prompt_versions own on own.id = mine.prompt_version
        join runs r on r.judge = mine.judge and r.id <> mine.id join prompt_versions p on p.id = r.prompt_version
        join judges j on j.id = r.judge join verdicts v on v.run = mine.id
        join verdicts w on w.run = r.id and w.trace = v.trace and w.content_hash = v.content_hash
        where mine.id = :run and j.project = :project and p.template = own.template and r.model = mine.model
        and json_remove(p.decision, '$.order') = json_remove(own.decision, '$.order')
        and r.endpoint = mine.endpoint and r.address = mine.address and r.parameters = mine.parameters
        and r.question = mine.question and r.criteria = mine.criteria and r.leave_one_out = mine.leave_one_out
        and v.p_pass is not null and w.p_pass is not null and v.reused is null and w.reused is null
        and v.trace not in (select trace from archived_traces)
        and coalesce((select group_concat(label) from (select label from prompt_examples
                where prompt_version = p.id order by position)), '')
            = coalesce((select group_concat(label) from (select label from prompt_examples
                where prompt_version = own.id order by position)), '')
        order by r.id, v.id""", run=run)]

"""What the dataset covers: counts by two dimensions, by whole combinations, and which combinations cannot be."""

import json
from itertools import product

from lib.records import Cell, UsageError
from lib.store.database import Store
from lib.store.judge_labels import SAYS
from lib.store.pairs import SEALED, SHOWN

_CELLS = """
    select r.name as row, c.name as column,
        -- An input that several system versions answered is one input.
        count(distinct coalesce(t.answers, t.id)) as inputs,
        count(distinct case when t.output is not null then coalesce(t.answers, t.id) end) as answered,
        count(l.id) as reviewed, coalesce(sum(l.outcome = 'fail'), 0) as failed,
        -- As in every agreement: no shadow label, no trace drawn by an outcome, nothing of a sealed test split.
        count(case when l.counts and """ + SAYS + """ is not null then v.outcome end) as pairs,
        coalesce(sum(""" + SAYS + """ = v.outcome and l.counts), 0) as agreeing
    from dimension_values r join trace_values tr on tr.value = r.id
    join trace_values tc on tc.trace = tr.trace join dimension_values c on c.id = tc.value
    join traces t on t.id = tr.trace
    left join experts e on e.project = :project and e.is_principal
    left join current_labels l on l.trace = t.id and l.expert = e.id
    left join verdicts v on v.trace = t.id and v.run = :run and not exists (select 1 from runs r where r.id = v.run
        and (""" + SHOWN + " or " + SEALED + """))
    left join judges j on j.id = (select judge from runs where id = :run)
    where r.dimension = (select id from dimensions where project = :project and name = :row)
    and c.dimension = (select id from dimensions where project = :project and name = :column)
    and t.id not in (select trace from archived_traces)
    -- The wanted values are looked up once, then each trace's own few are held against them.
    and (select count(*) from json_each(:rest)) = (select count(*) from trace_values x where x.trace = t.id
        and x.value in (select y.id from json_each(:rest) w
            join dimensions z on z.project = :project and z.name = w.key
            join dimension_values y on y.dimension = z.id and y.name = w.value))
    group by r.id, c.id order by r.id, c.id"""


def cells(store: Store, row: str, column: str, rest: dict[str, str] | None = None,
          run: int | None = None) -> list[Cell]:
    """One Cell for each pair of values that a trace has; `rest` narrows by other dimensions.

    Reviewed and failed are the principal expert's; pairs and agreeing are of a run, without its
    examples and without a sealed test split.
    """
    found = store.rows(_CELLS, row=row, column=column, run=run, rest=json.dumps(rest or {}))
    return [Cell(*one) for one in found]


def combination_counts(store: Store, dimensions: list[str]) -> dict[tuple[str, ...], int]:
    """How many traces each combination of these dimensions has; combinations without a trace are left out."""
    names = {row[0]: (row[1], row[2]) for row in store.rows("""select v.id, d.name, v.name from dimension_values v
        join dimensions d on d.id = v.dimension
        where d.project = :project and d.name in (select value from json_each(:names))""",
                                                            names=json.dumps(dimensions))}
    counts: dict[tuple[str, ...], int] = {}
    # SQLite groups the traces by what they have: Python then sees each set of values once, not each trace.
    for ids, n in store.rows("""select ids, count(*) from (select group_concat(value) as ids from trace_values
            where value in (select value from json_each(:ids)) and trace not in (select trace from archived_traces)
            group by trace) group by ids""",
                             ids=json.dumps(list(names))):
        found: dict[str, list[str]] = {}
        for dimension, value in (names[int(id)] for id in ids.split(",")):
            found.setdefault(dimension, []).append(value)
        for combination in product(*(found.get(name, ()) for name in dimensions)):
            counts[combination] = counts.get(combination, 0) + n
    return counts


def impossible(store: Store) -> list[dict[str, str]]:
    """Values that never meet, each as dimension -> value; a combination that holds all of one is impossible."""
    return [json.loads(row[0]) for row in store.rows("""select combination from impossible_combinations
        where project = :project order by id""")]


def mark_impossible(store: Store, combination: dict[str, str], reason: str = "") -> None:
    """Takes every combination with these values out of the count of what should be covered."""
    if len(combination) < 2:
        raise UsageError("An impossible combination needs values of two dimensions or more. "
                         "Retire a value that no trace should have.")
    store.execute("""insert or ignore into impossible_combinations (project, combination, reason)
        values (:project, :combination, :reason)""", combination=_text(combination), reason=reason)


def mark_possible(store: Store, combination: dict[str, str]) -> None:
    """Takes that back."""
    store.execute("delete from impossible_combinations where project = :project and combination = :combination",
                  combination=_text(combination))


def rename(store: Store, dimension: str, new_dimension: str, value: str | None = None,
           new_value: str | None = None) -> None:
    """Carries a new name of a dimension (or of one value of it) into what is kept as combinations.

    Those are impossible ones, and proposals nobody has decided on yet.
    """
    def renamed(text: str) -> str:
        return _text({new_dimension if name == dimension else name: new_value if (name, found) == (dimension, value)
                      else found for name, found in json.loads(text).items()})

    with store.transaction():
        for id, text in store.rows("select id, combination from impossible_combinations where project = :project"):
            store.execute("update or ignore impossible_combinations set combination = :text where id = :id",
                          id=id, text=renamed(text))
        for id, text in store.rows("""select id, combination from generations g where project = :project
                and exists (select 1 from proposals where generation = g.id and status = 'proposed')"""):
            store.execute("update generations set combination = :text where id = :id", id=id, text=renamed(text))


def _text(combination: dict[str, str]) -> str:
    return json.dumps(combination, sort_keys=True, ensure_ascii=False)

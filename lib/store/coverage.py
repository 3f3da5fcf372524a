"""What the dataset covers: counts by two dimensions, by whole combinations, and which combinations cannot be."""

import json
from itertools import product

from lib.records import Cell, UsageError
from lib.store.database import Store

_CELLS = """
    select r.name as row, c.name as column, count(*) as inputs, sum(t.output is not null) as answered,
        count(l.id) as reviewed, coalesce(sum(l.outcome = 'fail'), 0) as failed,
        count(case when l.id is not null then v.outcome end) as pairs,
        coalesce(sum(l.outcome = v.outcome), 0) as agreeing
    from dimension_values r join trace_values tr on tr.value = r.id
    join trace_values tc on tc.trace = tr.trace join dimension_values c on c.id = tc.value
    join traces t on t.id = tr.trace
    left join experts e on e.project = :project and e.is_principal
    left join current_labels l on l.trace = t.id and l.expert = e.id
    left join verdicts v on v.trace = t.id and v.run = :run and not exists (
        select 1 from runs p join prompt_examples x on x.prompt_version = p.prompt_version
        join labels shown on shown.id = x.label where p.id = :run and shown.trace = t.id)
    where r.dimension = (select id from dimensions where project = :project and name = :row)
    and c.dimension = (select id from dimensions where project = :project and name = :column)
    and not exists (select 1 from json_each(:rest) w where t.id not in (
        select x.trace from trace_values x join dimension_values y on y.id = x.value
        join dimensions z on z.id = y.dimension
        where z.project = :project and z.name = w.key and y.name = w.value))
    group by r.id, c.id order by r.id, c.id"""


def cells(store: Store, row: str, column: str, rest: dict[str, str] | None = None,
          run: int | None = None) -> list[Cell]:
    """One Cell for each pair of values that a trace has; `rest` narrows by other dimensions.

    Reviewed and failed are the principal expert's; pairs and agreeing are of a run, its own examples left out.
    """
    found = store.rows(_CELLS, row=row, column=column, run=run, rest=json.dumps(rest or {}))
    return [Cell(*one) for one in found]


def combination_counts(store: Store, dimensions: list[str]) -> dict[tuple[str, ...], int]:
    """How many traces each combination of these dimensions has; combinations without a trace are left out."""
    values: dict[int, dict[str, list[str]]] = {}
    for trace, dimension, value in store.rows("""select tv.trace, d.name, v.name from trace_values tv
            join dimension_values v on v.id = tv.value join dimensions d on d.id = v.dimension
            where d.project = :project and d.name in (select value from json_each(:names))""",
                                              names=json.dumps(dimensions)):
        values.setdefault(trace, {}).setdefault(dimension, []).append(value)
    counts: dict[tuple[str, ...], int] = {}
    for found in values.values():
        for combination in product(*(found.get(name, ()) for name in dimensions)):
            counts[combination] = counts.get(combination, 0) + 1
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


def _text(combination: dict[str, str]) -> str:
    return json.dumps(combination, sort_keys=True, ensure_ascii=False)

"""What the prompt bench asks of the labelled traces: texts a prompt must not hold, contexts, values of examples."""

import json

from lib.records import TRAIN
from lib.store.database import Store

MOST_CHARACTERS = 20_000  # of one text


def unseen_texts(store: Store, newest: int) -> list[tuple[str, str, str, str]]:
    """(id, split, input, output) of the newest dev and test traces: what no prompt may hold."""
    return [tuple(row) for row in store.rows("""select trace_id, split, substr(input, 1, :most),
            substr(coalesce(output, ''), 1, :most)
        from traces where project = :project and split in ('dev', 'test') order by id desc limit :newest""",
                                             newest=newest, most=MOST_CHARACTERS)]


def surroundings(store: Store, expert: str, newest: int) -> list[str]:
    """What this expert saw beside input and output on the newest traces they labelled: context keys, "conversation"."""
    return [row[0] for row in store.rows("""with seen as (
            select t.context, t.messages from labels l join traces t on t.id = l.trace
            where l.expert = (select id from experts where project = :project and name = :expert)
            order by l.id desc limit :newest)
        select distinct c.key from seen, json_each(seen.context) c
        union select 'conversation' from seen where seen.messages is not null order by 1""",
                                         expert=expert, newest=newest)]


def example_values(store: Store, expert: str, split: str | None = TRAIN) -> dict[int, dict[str, tuple[str, ...]]]:
    """Label number -> dimension -> values, of this expert's labels on traces of a split (None: all)."""
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for label, name, value in store.rows("""select l.id, d.name, v.name from current_labels l
            join traces t on t.id = l.trace join trace_values tv on tv.trace = t.id
            join dimension_values v on v.id = tv.value join dimensions d on d.id = v.dimension
            where l.expert = (select id from experts where project = :project and name = :expert)
            and (:split is null or t.split = :split) and d.retired_at is null order by l.id, d.id, v.name""",
                                          expert=expert, split=split):
        mine = found.setdefault(label, {})
        mine[name] = (*mine.get(name, ()), value)
    return found


def beginnings(store: Store, trace_ids: list[str], most: int = 200) -> dict[str, str]:
    """How the inputs of these traces begin."""
    return dict(map(tuple, store.rows("""select t.trace_id, substr(t.input, 1, :most) from json_each(:ids) w
        join traces t on t.project = :project and t.trace_id = w.value""", ids=json.dumps(trace_ids), most=most)))

"""What the two meters of "When to stop" count: outcomes that a figure may use, and what showed the expert something."""

from lib.store.database import Store


def outcomes(store: Store, expert: str) -> dict[str, tuple[int, int]]:
    """Outcome -> (labels of this expert that an agreement counts, all that stand)."""
    rows = store.rows("""select l.outcome, sum(l.counts), count(*)
        from current_labels l join experts e on e.id = l.expert
        where e.project = :project and e.name = :expert group by l.outcome""", expert=expert)
    return {"pass": (0, 0), "fail": (0, 0), **{row[0]: (row[1], row[2]) for row in rows}}


def showed_new(store: Store, expert: str, newest: int) -> list[bool]:
    """The tick "this showed me something new" on this expert's newest labels; empty where it was never used."""
    person = store.value("select id from experts where project = :project and name = :expert", expert=expert)
    if not store.value("select 1 from labels where expert = :expert and showed_new = 1 limit 1", expert=person):
        return []
    rows = store.rows("""select showed_new from labels where expert = :expert and purpose = 'label'
        order by id desc limit :newest""", expert=person, newest=newest)
    return [bool(row[0]) for row in rows]

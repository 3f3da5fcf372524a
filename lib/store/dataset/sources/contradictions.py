"""What a source says otherwise than before of traces that are stored: taken out of an attached stage, and counted."""

from lib.store.database import Store


def leave_out(store: Store) -> tuple[list[str], int]:
    """(ids of staged traces that contradict what is stored, verdicts that do); these verdicts are taken out here."""
    ids = [row[0] for row in store.rows("select trace_id from staged.traces where state = 'conflict'")]
    store.execute("""delete from staged.verdicts where rowid in (
        select v.rowid from staged.verdicts v join staged.traces s on s.key = v.trace and s.target is not null
        join staged.names n on n.key = v.name
        join main.judges j on j.project = :project and j.name = trim(n.name)
        join main.runs r on r.judge = j.id and r.status = 'recorded'
        join main.verdicts w on w.run = r.id and w.trace = s.target
        where s.state <> 'conflict'
            and not (w.outcome is v.outcome and w.critique = v.critique and w.raw = v.raw))""")
    return ids, store.value("select changes()")

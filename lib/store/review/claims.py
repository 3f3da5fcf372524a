"""Claims on shared traces, and what an expert has put off: who has a trace on the screen, and until when."""

import sqlite3
from datetime import UTC, datetime, timedelta

from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces


def claim(store: Store, trace_id: str, expert: str, minutes: float = 30, now: datetime | None = None) -> bool:
    """Takes a trace of the shared ones for this expert, or holds it longer; True for any other trace.

    False while another expert has it, or has labelled it: nobody need do it twice.
    """
    experts.check_own(store, expert, "claims a trace")
    with store.transaction():
        person, moment = experts.add(store, expert), now or datetime.now(UTC)
        item = _item(store, trace_id, expert)
        if item is None or item["expert"] is not None:
            return True
        if item["labeller"] is not None:
            return item["labeller"] == expert
        store.execute("""insert into claims (trace, expert, expires_at) values (:trace, :person, :until)
            on conflict (trace) do update set expert = excluded.expert, expires_at = excluded.expires_at
            where claims.expert = excluded.expert or claims.expires_at <= :now""", trace=item["trace"],
                      person=person, until=_text(moment + timedelta(minutes=minutes)), now=_text(moment))
        return store.value("select expert from claims where trace = :trace", trace=item["trace"]) == person


def claimed_by_other(store: Store, trace_id: str, expert: str, now: datetime | None = None) -> str | None:
    """Who has a shared trace in place of this expert: it came on that person's screen, or has a label of theirs.

    For marking a late save: None as long as this expert's own claim lives.
    """
    item = _item(store, trace_id, expert)
    if item is None or item["expert"] is not None:
        return None
    if item["holder"] == expert and item["expires_at"] > _text(now or datetime.now(UTC)):
        return None
    return next((name for name in (item["holder"], item["labeller"]) if name not in (None, expert)), None)


def _item(store: Store, trace_id: str, expert: str) -> sqlite3.Row | None:
    """The item that speaks for a trace in an expert's queue, as in queues.of_trace, with who holds or did it."""
    return store.row("""select i.trace, e.name as expert, a.name as labeller, p.name as holder, c.expires_at
        from traces t join queue_items i on i.trace = t.id left join experts e on e.id = i.expert
        left join labels l on l.id = i.label left join experts a on a.id = l.expert
        left join claims c on c.trace = t.id left join experts p on p.id = c.expert
        where t.project = :project and t.trace_id = :id and (i.expert is null or e.name = :expert)
        order by i.label is not null, i.expert is null, i.batch desc limit 1""", id=trace_id, expert=expert)


def defer(store: Store, trace_id: str, expert: str) -> None:
    """Puts a trace off for this expert: it comes back when nothing else is left; again puts it last."""
    experts.check_own(store, expert, "puts a trace off")
    with store.transaction():
        store.execute("""insert into deferrals (trace, expert) values (:trace, :person)
            on conflict do update set created_at = strftime('%Y-%m-%dT%H:%M:%fZ')""",
                      trace=traces.key_of(store, trace_id), person=experts.add(store, expert))
        store.execute("""delete from claims where trace = :trace and expert = :person""",
                      trace=traces.key_of(store, trace_id), person=experts.row_of(store, expert))


def deferred(store: Store, expert: str) -> list[str]:
    """What this expert has put off and nobody has done since, the longest waiting first."""
    return [row[0] for row in store.rows("""select t.trace_id from deferrals d
        join experts e on e.id = d.expert join traces t on t.id = d.trace
        where e.project = :project and e.name = :expert
        and not exists (select 1 from labels l where l.trace = d.trace and l.expert = d.expert
            and l.purpose <> 'repeat' and l.created_at > d.created_at)
        and not exists (select 1 from queue_items i join labels l on l.id = i.label
            where i.trace = d.trace and i.expert is null and l.created_at > d.created_at)
        order by d.created_at, d.trace""", expert=expert)]


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

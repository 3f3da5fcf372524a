"""Whether the pass rate of a watch has fallen: every day tested once, an alert written once for each fall and sent."""

import asyncio
from typing import Any

from lib.statistics import metrics
from lib.statistics.comparison import format_p
from lib.statistics.over_time import alarm
from lib.statistics.over_time.alarm import Look
from lib.store import Store, projects
from lib.store.errors import over_time as stored
from lib.store.errors.watching import alerts, drawn, watches
from lib.store.errors.watching.alerts import MAIL, WEBHOOK, Alert, Found
from lib.store.errors.watching.watches import Watch
from lib.systems import alerts as door
from lib.systems.alerts import NotDelivered

RULE = (f"Each day is tested once, when it is over, by Fisher's exact test, one-sided, at {alarm.LEVEL:.5f}: at most "
        "one false alarm is to be expected in ten years.")


def look(store: Store, watch: Watch, today: str) -> list[Found]:
    """Tests every day that is over and was not tested; returns the alerts that were written.

    `today` is a day in UTC, as ISO text. What counts are the newest verdicts of all runs by the judge's present version
    and model.
    """
    days = drawn.by_day(store, watch.key, same_judge(store, watch))
    found = alarm.looked(days, watch.looked, today, watch.settings.days, watch.since)
    written = [Found(one.day, one.since, one.here, one.before, one.p, _words(store, watch, one))
               for one in found if one.alarm]
    with store.transaction():
        for one in written:
            alerts.add(store, watch.key, one)
        if found:
            since = alarm.following(written[-1].day) if written else watch.since
            watches.note_looked(store, watch.key, found[-1].day, since)
    return written


def same_judge(store: Store, watch: Watch) -> list[int]:
    """The runs of a watch that judge as its newest one does."""
    own = drawn.runs(store, watch.key)
    alike = {*stored.same_judge(store, own[-1])} if own else set()
    return [run for run in own if run in alike]


def _words(store: Store, watch: Watch, found: Look) -> str:
    return (f"{watch.name}: the judge {watch.judge} passes {_share(found.here)} from {found.since} to {found.day}, and "
            f"{_share(found.before)} before ({format_p(found.p)}, one-sided exact test)")


def _share(side: tuple[int, int]) -> str:
    found = metrics.wilson(*side)
    return (f"{metrics.format_figure('rate', found)} of {side[1]:,} "
            f"({metrics.format_interval('rate', found)})")


def deliver(store: Store, watch: Watch) -> list[str]:
    """Sends what has not arrived; what fails is tried again at the next reading. Returns a sentence for each try."""
    said = []
    for one in alerts.undelivered(store, watch.key):
        for way, wanted, there, send in ((WEBHOOK, watch.settings.webhook, one.webhook_at, _post),
                                         (MAIL, watch.settings.mail, one.mail_at, _send)):
            if wanted and there is None:
                said.append(_sent(store, watch, one, way, send))
    return said


def _sent(store: Store, watch: Watch, one: Alert, way: str, send: Any) -> str:
    try:
        send(store, watch, one)
    except NotDelivered as error:
        alerts.note_failed(store, one.key, f"{way}: {error}")
        return (f"The alert of {one.found.day} was not delivered by {way}: {error}. It is tried again at the next "
                "reading.")
    alerts.note_delivered(store, one.key, way)
    return f"The alert of {one.found.day} was delivered by {way}."


def _post(store: Store, watch: Watch, one: Alert) -> None:
    asyncio.run(door.post(watch.settings.webhook, body(store, watch, one)))


def _send(store: Store, watch: Watch, one: Alert) -> None:
    name = projects.current(store).name
    door.send(watch.settings.mail, f"{name}: the pass rate has fallen ({watch.name})",
              f"{one.found.said}.\n\n{RULE}\n\nProject {name}, watch {watch.name}, {watch.place}.\n"
              "Whether the judge or the system changed: python -m lib rates --source judge --over day\n")


def body(store: Store, watch: Watch, one: Alert) -> dict[str, Any]:
    """An alert as JSON: what is posted, and what --json prints; `text` is what chats show."""
    found = one.found
    return {"text": found.said, "watch": watch.name, "project": projects.current(store).name,
            "project_id": store.project, "judge": watch.judge, "day": found.day,
            "window": {"from": found.since, "to": found.day, "passes": found.here[0], "n": found.here[1]},
            "before": {"passes": found.before[0], "n": found.before[1]}, "p": found.p, "level": alarm.LEVEL,
            "alert": one.key}


def check(webhook: str, mail: str) -> None:
    """UsageError where an alert could not be sent as this watch asks."""
    door.check(webhook, mail)

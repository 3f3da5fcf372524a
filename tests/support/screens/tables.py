"""The figures as Markdown: what stands where, what a job takes, what axe-core finds, before and after."""

from collections.abc import Iterator, Sequence

from lib.records import UsageError

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def page(before: dict | None, after: dict) -> str:
    """All tables; without an earlier version with today's figures alone."""
    parts = ["### How far down it stands", "", *places(before, after), "", "### What a job takes", "",
             *jobs(before, after)]
    if after["axe"] or (before and before["axe"]):
        parts += ["", "### What axe-core finds", "", *rules(before, after)]
    return "\n".join(parts)


def put_into(text: str, made: str) -> str:
    """A page of the guide with what stands between its two marks replaced; UsageError where a mark is missing."""
    for mark in (BEGIN, END):
        if mark not in text:
            raise UsageError(f"The page has no line {mark}: put one where the tables are to stand.")
    head, _, rest = text.partition(BEGIN)
    _, _, foot = rest.partition(END)
    return f"{head}{BEGIN}\n{made}\n{END}{foot}"


def places(before: dict | None, after: dict) -> Iterator[str]:
    """A line for each spot: pixels from the top, in bold where it is whole in the first window."""
    sizes = list(next(iter(after["places"].values())))
    yield from _head("what", [f"{size}{when}" for size in sizes for when in _sides(before)])
    for name, now in after["places"].items():
        was = before and before["places"].get(name)
        cells = [cell for size in sizes for cell in _both(before, was and _place(was[size], size),
                                                         _place(now[size], size))]
        notes = {one["note"] for one in (*(was or {}).values(), *now.values()) if one["y"] is not None} - {""}
        yield _line([name, *cells]) if not notes else _line([f"{name} (*: {', '.join(sorted(notes))})", *cells])


def _place(one: dict, size: str) -> str:
    if one["y"] is None:
        return "–"
    star = "*" if one["note"] else ""
    inside = one["y"] >= 0 and one["foot"] <= int(size.split("×")[1])
    return f"**{one['y']:,}**{star}" if inside else f"{one['y']:,}{star}"


def jobs(before: dict | None, after: dict) -> Iterator[str]:
    """A line for each job: clicks, fields typed into, entries of the history."""
    names = ("clicks", "typed", "entries")
    yield from _head("job", [f"{name}{when}" for name in ("clicks", "fields typed into", "history entries")
                             for when in _sides(before)])
    for name, now in after["jobs"].items():
        was = before and before["jobs"].get(name)
        cells = [cell for one in names for cell in _both(before, was and _took(was, one), _took(now, one))]
        yield _line([name, *cells])


def _took(one: dict, name: str) -> str:
    return f"{one[name]:,}, not done" if one["why"] and name == "clicks" else f"{one[name]:,}"


def rules(before: dict | None, after: dict) -> Iterator[str]:
    """A line for each rule: parts at fault on all views, by theme and width, before → after."""
    now, was = _by_key(after), _by_key(before) if before else None
    looks = sorted({key[1:] for key in (*now, *(was or {}))}, key=lambda look: (look[0] != "light", -look[1]))
    yield from _head("rule", [f"{theme}, {width}" for theme, width in looks])
    for rule in sorted({key[0] for key in (*now, *(was or {}))}):
        yield _line([f"`{rule}`", *(" → ".join(_both(before, was and f"{was.get((rule, *look), 0):,}",
                                                     f"{now.get((rule, *look), 0):,}")) for look in looks)])


def _by_key(figures: dict) -> dict[tuple[str, str, int], int]:
    return {(rule, theme, width): n for rule, theme, width, n in figures["axe"]}


def _sides(before: dict | None) -> tuple[str, ...]:
    return (", before", ", after") if before else ("",)


def _both(before: dict | None, was: str | None, now: str) -> tuple[str, ...]:
    return (was or "–", now) if before else (now,)


def _head(first: str, names: Sequence[str]) -> tuple[str, str]:
    return _line([first, *names]), _line(["---", *["---:"] * len(names)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

"""The spans of one trace in order: each after the one around it, siblings by time; what judges did is taken out.

Knows parents and times; knows nothing of what spans say beyond their kind.
"""

from lib.readers.spans.span import GUARDRAIL, HANDOFF, JUDGE, RETRIEVAL, TOOL, Span

MOST_AROUND = 60  # levels; nobody nests deeper, and parents may stand in a circle


class Tree:
    """Spans in the order of an outline; a parent that is missing or a circle of parents loses none of them."""

    def __init__(self, group: list[Span]):
        """Sorts a group of spans; one that was exported twice counts once."""
        by_time = sorted(group, key=lambda span: span.start.timestamp() if span.start else 0)
        once = {span.id or str(number): span for number, span in reversed(list(enumerate(by_time)))}
        ordered = [span for number, span in enumerate(by_time) if once[span.id or str(number)] is span]
        self.doubled = len(group) - len(ordered)
        self._parents = {span.id: once[span.parent] for span in ordered
                         if span.parent in once and span.parent != span.id}
        every = _outline(ordered, self._parents)
        self.spans = [span for span in every if not any(one.kind == JUDGE for one in (span, *self.above(span)))]
        self.judged = len(every) - len(self.spans)
        # Whose calls to models are recorded one by one below it.
        self.around_calls = {above.id for span in self.spans if span.is_model and span.messages
                             for above in self.above(span)}

    @property
    def root(self) -> Span:
        """The span around all others; where several have no parent in the file, the first that says something."""
        roots = [span for span in self.spans if span.id not in self._parents] or self.spans
        return next((span for span in roots if span.says), roots[0])

    def above(self, span: Span) -> list[Span]:
        """The spans around a span, the nearest first; MOST_AROUND of them, so that no chain is walked for ever."""
        found: list[Span] = []
        while len(found) < MOST_AROUND and (span := self._parents.get(span.id)) is not None:
            found.append(span)
        return found

    def tellers(self) -> list[Span]:
        """The outermost spans that say what was asked, calls to models and tools apart."""
        telling = {span.id for span in self.spans if span.asked.strip() and not span.is_model
                   and span.kind not in (TOOL, RETRIEVAL, HANDOFF, GUARDRAIL)}
        return [span for span in self.spans
                if span.id in telling and not any(one.id in telling for one in self.above(span))]


def _outline(ordered: list[Span], parents: dict[str, Span]) -> list[Span]:
    children: dict[str, list[Span]] = {}
    for span in ordered:
        if span.id in parents:
            children.setdefault(parents[span.id].id, []).append(span)
    # Spans in a circle of parents hang below nothing: they follow at the end.
    made: dict[int, Span] = {}
    for start in [*(span for span in ordered if span.id not in parents), *ordered]:
        waiting = [start]
        while waiting:
            span = waiting.pop()
            if id(span) not in made:
                made[id(span)] = span
                waiting += reversed(children.get(span.id, []))
    return list(made.values())

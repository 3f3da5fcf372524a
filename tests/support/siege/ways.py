"""Every way a table leaves, a project with a formula in every field, and the cells as a spreadsheet reads them."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace

import openpyxl

from lib.records import Trace, Verdict
from lib.records.feedback import Feedback
from lib.store import Store, cycles, experts
from lib.store.errors import assertions, failure_modes, insights, mode_decisions, mode_history, notes
from lib.store.errors.assertions import Result
from lib.store.errors.mode_decisions import Decision
from lib.store.judge import runs
from lib.workflow.dataset import exchange
from lib.workflow.errors import what_to_fix
from lib.workflow.judge import disagreements
from lib.workflow.overview import cycles as overview
from lib.workflow.review import queueing
from tests.support.spreadsheets.formulas import FORMULAS
from tests.support.steps import add, row, say

# What a page's button or a command with a file calls -> the file it makes of this project.
WAYS: dict[str, Callable[[Store, str], bytes]] = {
    **{f"export {what}": lambda store, ending, what=what: exchange.export(store, what, ending)
       for what in exchange.EXPORTS},
    "insight_file": overview.insight_file,
    "spreadsheet": lambda store, ending: queueing.spreadsheet(store, None, ending),
    "pairs": lambda store, ending: disagreements.pairs(store, runs.every(store)[0].id, "Ann", True, ending),
    "overview_file": what_to_fix.overview_file,
    **{f"page_file {number}": lambda store, ending, name=name: what_to_fix.page_file(store, name, ending)
       for number, name in enumerate(FORMULAS[:3])}}
# The sign at the start of a cell as a spreadsheet reads it, which skips blanks and quotes.
LIVE = re.compile(r"""[\s"]*[=+\-@＝＋－＠]|[\t\r\n]""")
NUMBER = re.compile(r"-?[\d.,]+%?$")


def formulas_everywhere(store: Store) -> Store:
    """A project with a formula in every field that a person, a file or a model fills."""
    experts.add(store, "Ann")
    for number, text in enumerate(FORMULAS):
        trace = Trace(f"{text}{number}", text, text, context={text: text}, dimensions={text: (text,)},
                      system_version=text)
        brought = row(trace, Ann="fail", modes=(text.strip(),), verdicts={"bot": Verdict("pass", text)})
        add(store, replace(brought, feedback=(Feedback(text, "down", text, text),)),
            Trace(f"open {number}", text, None), Trace(f"new {number}", text, text))
        say(store, trace.id, "fail", critique=text)
        say(store, trace.id, "fail", text, text)
        insights.add(store, "AI", text, text, [trace.id])
        mode_decisions.decide(store, text.strip(), Decision(owner=text))
        one = assertions.add(store, f"{text}{number}", "contains", {"text": text}, text.strip(), text)
        key, hashed = store.row("select id, content_hash from traces where trace_id = :id", id=trace.id)
        assertions.save(store, one.key, [Result(key, hashed, "fail", text)])
        mode_history.propose(store, f"{text}{number}", text, [notes.save(store, trace.id, "Ann", text)])
    queueing.draw(store, ["Ann", FORMULAS[0]], 20, {"random": 100}, seed=1)
    cycles.begin(store, "incident", FORMULAS[0], "2026-01-01")
    assert failure_modes.every(store) and runs.every(store)
    return store


def cells(data: bytes, ending: str) -> list[str]:
    """Every cell as a spreadsheet reads it, which knows nothing of our rule; in a workbook, none is a formula."""
    if ending == "csv":
        return [cell for line in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in line]
    found = [cell for sheet in openpyxl.load_workbook(io.BytesIO(data)) for line in sheet for cell in line
             if cell.value is not None]
    assert [cell.coordinate for cell in found if cell.data_type == "f" or cell.hyperlink] == []
    return [str(cell.value) for cell in found]


def live(found: list[str]) -> list[str]:
    return [cell for cell in found if LIVE.match(cell) and not NUMBER.match(cell)]

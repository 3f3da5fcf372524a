"""A gate as files: JUnit XML for a CI service, Markdown for a pull request."""

from pathlib import Path

from lib.records import PASS, UsageError
from lib.statistics.deciding.gates import INCONCLUSIVE
from lib.workflow.errors.gates.rows import Gate
from lib.writers import junit, markdown

_MARKS = {PASS: "✅", INCONCLUSIVE: "❔"}


def write(found: Gate, junit_file: Path | None, markdown_file: Path | None, link: str = "") -> None:
    """Writes what was asked for; UsageError where a file cannot be written."""
    for file, made in ((junit_file, as_junit), (markdown_file, lambda gate: as_markdown(gate, link))):
        if file is None:
            continue
        try:
            file.write_bytes(made(found))
        except OSError as error:
            raise UsageError(f"{file} cannot be written ({type(error).__name__}): name another file.") from None


def as_junit(found: Gate) -> bytes:
    """One case for each row; an inconclusive one is a failure of that type, for else a build would go through."""
    return junit.document(_title(found), [junit.Case(row.name, row.answer == PASS, row.answer, row.text)
                                          for row in found.rows])


def as_markdown(found: Gate, link: str = "") -> bytes:
    """A heading with the answer and a table of the rows, with a link to the page where its address is known."""
    rows = [(f"{_MARKS.get(row.answer, '❌')} {row.answer}", row.name, row.text) for row in found.rows]
    whose = f"\n{markdown.readable(found.whose)}\n" if found.whose else ""
    where = f"\n[Look at it in the app]({link})\n" if link else ""
    table = markdown.table(("answer", "threshold", "figure with its 95 % interval"), rows)
    return (f"### Gate: {found.answer}\n\n{markdown.readable(_title(found))}\n\n{table}\n{whose}{where}").encode()


def _title(found: Gate) -> str:
    run, of = found.run, f", system version {found.version}" if found.version else ""
    return f"judge {run.judge}, run {run.id}, model {run.model}{of}" if run else "thresholds without a judge"

"""Our exports filled in and saved by a real LibreOffice, in each way that it saves: what the recorded files are.

`python -m tests.support.spreadsheets.recorded` writes them anew into the folder of the cases.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lib.store import Store, experts, open_store, projects
from lib.workflow.dataset import exchange
from tests.support.spreadsheets.sheets import RECORDED, fill, waiting

_CSV = "csv:Text - txt - csv (StarCalc):"
# How it saves: the ending, and what its command calls that. CSV by default, with every text quoted, and TSV.
WAYS = {"csv": ("csv", _CSV + "44,34,76,1,,0,false"), "quote-all": ("csv", _CSV + "44,34,76,1,,0,true"),
        "tsv": ("csv", _CSV + "9,34,76,1,,0,false"), "xlsx": ("xlsx", "xlsx"), "ods": ("ods", "ods")}
# How it is told to open a CSV file: as what it is, or as an old program would, which makes letters out of the mark.
OPENED = {"utf-8": "CSV:44,34,76,1", "windows-1252": "CSV:44,34,1,1"}
KINDS = ("queue", "inputs", "labels")


def saved(store: Store, kind: str, ending: str, folder: Path, opened: str = "utf-8") -> Iterator[tuple[str, bytes]]:
    """(way of saving, file) of one export, filled in, opened and saved by LibreOffice."""
    file = folder / f"{kind}.{ending}"
    file.write_bytes(fill(kind, exchange.export(store, kind, ending), ending))
    for way, (made, filter) in WAYS.items():
        out = folder / f"{ending}-{way}"
        as_text = [f"--infilter={OPENED[opened]}"] if ending == "csv" else []
        subprocess.run(["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", *as_text,
                        "--convert-to", filter, "--outdir", out, file], check=True, capture_output=True, timeout=180)
        yield way, (out / f"{kind}.{made}").read_bytes()


def main() -> None:
    """Writes the recorded files."""
    shutil.rmtree(RECORDED, ignore_errors=True)
    RECORDED.mkdir()
    with tempfile.TemporaryDirectory() as place:
        store = waiting(projects.create(open_store(Path(place) / "t.db"), "Test"), "more-traces.jsonl")
        experts.add(store, "Bob")
        store.execute("""insert into labels (trace, expert, outcome, critique, content_hash, created_at, mode,
                revised_response)
            select t.id, e.id, 'pass', 'critique of ' || t.trace_id, t.content_hash, '2026-03-01T10:30:00.120Z',
                'blind', '- better' from traces t, experts e where t.output is not null and e.name = 'Bob'""")
        for kind in KINDS:
            for ending in ("csv", "xlsx"):
                for way, data in saved(store, kind, ending, Path(place)):
                    (RECORDED / f"{kind}-{ending}-saved-as-{way}.{WAYS[way][0]}").write_bytes(data)
        _, data = next(saved(store, "queue", "csv", Path(place), "windows-1252"))
        (RECORDED / "queue-csv-opened-as-windows-1252.csv").write_bytes(data)


if __name__ == "__main__":
    main()

"""A judge with a script beside it that runs it where one machine is not enough."""

from pathlib import Path

from lib.prompting.passport import scripts
from lib.records import UsageError
from lib.store import Store
from lib.workflow.judge.passport import exporting


def write_ray(store: Store, name: str, folder: Path, number: int | None = None) -> list[str]:
    """Writes the judge's version (None: the newest) into the folder, with a script for Ray Data; returns file names.

    UsageError where the judge has no prompt, or the folder cannot be written to or holds another judge.
    """
    files = exporting.write(exporting.of(store, name, number), folder)
    try:
        (folder / scripts.RAY).write_text(scripts.text(scripts.RAY), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to ({type(error).__name__}): name another folder.") from None
    return [*files, scripts.RAY]

"""judge.json as it comes back: read within bounds, checked, and refused with a sentence where it is none."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.prompting.judge import check_template
from lib.records import UsageError
from lib.workflow.judge.passport import exporting

_MOST = 20_000_000  # bytes: a prompt with its examples is some thousand


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class Judge(_Loose):
    """Which judge it is."""

    name: str = Field(min_length=1, max_length=200)
    version: int
    note: str = ""
    criterion: str | None = None


class Project(_Loose):
    """Where it comes from."""

    name: str
    question: str


class Saved(_Loose):
    """The version as it was saved."""

    template: str
    criteria: str = ""
    model: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


class Prompt(_Loose):
    """The version as it is sent."""

    template: str
    fills: dict[str, str]


class Shown(_Loose):
    """A label shown as an example, with its trace."""

    trace: dict[str, Any]
    outcome: str = Field(pattern="^(pass|fail)$")
    critique: str
    expert: str = ""
    content_hash: str = ""


class Measured(_Loose):
    """One row of figures and what it is of."""

    run: int
    model: str
    split: str
    expert: str
    pairs: int
    labels_sha256: str
    traces_sha256: str


class Passport(_Loose):
    """What Plumbline reads of a judge.json; `figures` as they were told, `rows` to look them up by."""

    passport: int
    judge: Judge
    project: Project
    exported_at: str
    prompt: Prompt
    saved: Saved
    examples: list[Shown] = Field(default_factory=list)
    figures: list[Measured] = Field(default_factory=list)
    check: dict[str, Any]


def read(folder: Path) -> Passport:
    """The passport in a folder (or the judge.json named itself); UsageError where it is none that can be read."""
    file = folder / "judge.json" if folder.is_dir() else folder
    try:
        if file.stat().st_size > _MOST:
            raise UsageError(f"{file} is larger than a judge's passport can be ({_MOST // 1_000_000} MB).")
        found = Passport.model_validate(json.loads(file.read_bytes()))
    except OSError:
        raise UsageError(f"There is no judge.json in {folder}: name the folder that 'judge export' wrote.") from None
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "the whole file"
        raise UsageError(f"{file} is no passport of a judge: {where} is missing or not as it is written. Export the "
                         "judge again.") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{file} is no JSON: export the judge again.") from None
    if found.passport > exporting.FORM:
        raise UsageError(f"{file} was written by a newer Plumbline: bring this one up to date first.")
    check_template(found.saved.template)
    return found

"""Unsaved changes to a prompt version: kept as they are typed, dropped when they are saved or taken back."""

import json
from dataclasses import dataclass

from lib.store.database import Store
from lib.store.judge import judges


@dataclass(frozen=True)
class Draft:
    """What the editor holds and no version does yet: text, examples (numbers of labels, in order), note.

    Model and parameters are as they are typed, which may not be JSON yet; None: as the version has them.
    """

    template: str
    examples: tuple[int, ...] = ()
    note: str = ""
    model: str | None = None
    parameters: str | None = None


def keep(store: Store, version: int, draft: Draft) -> None:
    """Stores what was typed over this prompt version, in place of what was kept of it before."""
    judges.prompt_by_key(store, version)
    store.execute("""insert or replace into prompt_drafts (prompt_version, template, examples, note, model, parameters)
        values (:version, :template, :examples, :note, :model, :parameters)""", version=version,
                  template=draft.template, examples=json.dumps(draft.examples), note=draft.note, model=draft.model,
                  parameters=draft.parameters)


def of_version(store: Store, version: int) -> Draft | None:
    """What was typed over this prompt version and not saved, or None."""
    row = store.row("""select d.template, d.examples, d.note, d.model, d.parameters from prompt_drafts d
        join prompt_versions p on p.id = d.prompt_version join judges j on j.id = p.judge
        where d.prompt_version = :version and j.project = :project""", version=version)
    return Draft(row[0], tuple(json.loads(row[1])), *row[2:]) if row else None


def newest(store: Store, judge: str) -> int | None:
    """The number of the version of this judge that was typed over last and not saved, or None."""
    return store.value("""select p.number from prompt_drafts d join prompt_versions p on p.id = d.prompt_version
        join judges j on j.id = p.judge where j.project = :project and j.name = :judge
        order by d.changed_at desc, p.number desc limit 1""", judge=judge)


def forget(store: Store, version: int) -> None:
    """Drops what was typed over this prompt version."""
    store.execute("""delete from prompt_drafts where prompt_version in (select p.id from prompt_versions p
        join judges j on j.id = p.judge where p.id = :version and j.project = :project)""", version=version)

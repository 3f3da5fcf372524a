"""Reference documents: sections of the project's own texts and tables, found by their words (FTS5).

What the expert types is never read as a query language.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lib.records import UsageError
from lib.records.words import counted
from lib.store.database import Store

FOUND, END = "\x02", "\x03"  # stand around each found word of a snippet
MOST_WORDS = 20
_AROUND = 80  # characters beside what was found where no word could be told apart
# Scripts that put no space between words: the index holds a whole phrase of theirs as one word.
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
                        "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Found:
    """A section that was found: FOUND and END stand around the found words of its snippet."""

    title: str
    file: str
    snippet: str
    body: str


@dataclass(frozen=True)
class Replaced:
    """What adding a file changed, counted in sections."""

    file: str
    sections: int
    new: int
    gone: int
    before: int  # how many sections the file had; 0 for a new file

    def __str__(self) -> str:
        """The change in a sentence."""
        if not self.before:
            return f"{self.file}: {counted(self.sections, 'section')} added."
        if not self.new and not self.gone:
            return f"{self.file}: as it was, {counted(self.sections, 'section')}."
        return (f"{self.file}: replaced, {counted(self.sections, 'section')}: {self.new:,} new, "
                f"{self.sections - self.new:,} as before; {self.gone:,} gone.")


def replace(store: Store, file: str, sections: Iterable[tuple[str, str]]) -> Replaced:
    """Puts a file's sections in the place of those it had; all or nothing."""
    has = list(sections)
    if not file.strip() or not has:
        raise UsageError("A reference file needs a name and at least one section.")
    with store.transaction():
        had = [(row[0], (row[1], row[2])) for row in store.rows("""select id, title, body from documents
            where project = :project and file = :file order by position""", file=file)]
        if [section for _, section in had] != has:
            _put(store, file, had, has)
    old, new = Counter(section for _, section in had), Counter(has)
    return Replaced(file, len(has), (new - old).total(), (old - new).total(), len(had))


def _put(store: Store, file: str, had: list[tuple[int, tuple[str, str]]], has: list[tuple[str, str]]) -> None:
    """Sections that stay only move: to index them anew would keep everybody else from saving for seconds."""
    keys: dict[tuple[str, str], list[int]] = {}
    for key, section in reversed(had):
        keys.setdefault(section, []).append(key)
    moved, added = [], []
    for place, section in enumerate(has):
        if keys.get(section):
            moved.append({"key": keys[section].pop(), "position": place})
        else:
            added.append({"project": store.project, "file": file, "position": place, "title": section[0],
                          "body": section[1]})
    store.execute_many("delete from documents where id = :key",
                       [{"key": key} for left in keys.values() for key in left])
    store.execute("""update documents set position = -1 - position
        where project = :project and file = :file""", file=file)
    store.execute_many("update documents set position = :position where id = :key", moved)
    store.execute_many("""insert into documents (project, file, position, title, body)
        values (:project, :file, :position, :title, :body)""", added)


def files(store: Store) -> dict[str, int]:
    """The project's reference files with the number of their sections."""
    return {row[0]: row[1] for row in store.rows("""select file, count(*) from documents
        where project = :project group by file order by file""")}


def some(store: Store) -> bool:
    """Whether there is anything to look up at all; one step in an index."""
    return bool(store.value("select exists (select 1 from documents where project = :project)"))


def remove(store: Store, file: str) -> int:
    """Takes a file out; returns how many sections it had."""
    with store.transaction():
        had = store.value("select count(*) from documents where project = :project and file = :file", file=file)
        if not had:
            raise UsageError(f"There is no reference file '{file}' in this project.")
        store.execute("delete from documents where project = :project and file = :file", file=file)
    return had


def search(store: Store, words: str, limit: int = 20) -> list[Found]:
    """Sections that hold every word (the last may be its beginning), the best first."""
    tokens, parts = _split(words)
    if not tokens and not parts:
        return []
    if not tokens:
        return [Found(title, file, _around(body, parts[0]), body) for title, file, body in
                _holding(store, parts, limit)]
    match = " ".join(f'"{token.replace(chr(34), chr(34) * 2)}"' for token in tokens)
    match += "*" * (len(tokens[-1]) > 1)  # the beginning "s" would find nearly everything, and slowly
    return _shown(store, match, _matching(store, match, parts, limit))


def _split(words: str) -> tuple[list[str], list[str]]:
    """(words the index knows as words, pieces of text that have to be looked for as they are)."""
    clean = "".join(" " if unicodedata.category(letter) in ("Cc", "Zs") else letter for letter in words)
    tokens, parts, marks = [], [], []
    for word in clean.split()[:MOST_WORDS]:
        if _NO_SPACES.search(word):
            parts.append(word)
        elif any(map(str.isalnum, word)):
            tokens.append(word)
        else:
            (parts if any(unicodedata.category(letter) == "So" for letter in word) else marks).append(word)
    # A lone & between two words is no word; typed alone it is what is looked for.
    return tokens, parts or ([] if tokens else marks)


def _matching(store: Store, match: str, parts: list[str], limit: int) -> list[int]:
    return [row[0] for row in store.rows("""select d.id from documents_index join documents d
        on d.id = documents_index.rowid where documents_index match :match and d.project = :project
        and not exists (select 1 from json_each(:parts) p
            where instr(lower(d.title || char(10) || d.body), lower(p.value)) = 0)
        order by bm25(documents_index, 4.0, 1.0), d.id limit :limit""",
                                         match=match, parts=json.dumps(parts), limit=limit)]


def _shown(store: Store, match: str, keys: list[int]) -> list[Found]:
    # Snippets of these alone: asked for with the order, one would be made of every section that matches.
    rows = store.rows("""select d.id, d.title, d.file, snippet(documents_index, 1, :found, :end, '…', 24), d.body
        from documents_index join documents d on d.id = documents_index.rowid
        where documents_index match :match and d.project = :project
        and documents_index.rowid in (select value from json_each(:keys))""",
                      match=match, keys=json.dumps(keys), found=FOUND, end=END)
    by_key = {row[0]: Found(*tuple(row)[1:]) for row in rows}
    return [by_key[key] for key in keys if key in by_key]


def _holding(store: Store, parts: list[str], limit: int) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in store.rows("""select title, file, body from documents where project = :project
        and not exists (select 1 from json_each(:parts) p
            where instr(lower(title || char(10) || body), lower(p.value)) = 0)
        order by instr(lower(title), lower(:first)) = 0, id limit :limit""",
                                             parts=json.dumps(parts), first=parts[0], limit=limit)]


def _around(body: str, part: str) -> str:
    """A piece of the body with the first place where the part stands; its beginning where only the title has it."""
    at = body.lower().find(part.lower())
    if at < 0:
        return body[:2 * _AROUND] + "…" * (len(body) > 2 * _AROUND)
    end = at + len(part)
    before, after = body[max(0, at - _AROUND):at], body[end:end + _AROUND]
    return (f"{'…' * (at > _AROUND)}{before}{FOUND}{body[at:end]}{END}{after}"
            f"{'…' * (end + _AROUND < len(body))}")

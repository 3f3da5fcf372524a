"""The guide stays true: every row of every table stands on its page, every link leads somewhere, every command is real.

Reads README.md and docs/ as text, and holds them against the code.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from lib.assertions import KINDS
from lib.charts import CHARTS
from lib.cli.main import main
from lib.readers import READERS
from lib.sampling.queues import QUEUES
from lib.statistics.metrics import METRICS
from lib.systems import SYSTEMS
from lib.workflow.dataset.exchange import EXPORTS
from lib.writers import WRITERS
from tests.support import HOUSE as ROOT
from tests.support.sources import BANNED_WORDS, views

DOCS = ROOT / "docs"
GUIDE = {path.name: path.read_text() for path in sorted(DOCS.glob("*.md"))}
README = (ROOT / "README.md").read_text()
PAGES = {ROOT / "README.md": README, **{DOCS / name: text for name, text in GUIDE.items()}}
CODE = "\n".join(path.read_text() for path in [ROOT / "app.py", *ROOT.glob("lib/**/*.py"), *ROOT.glob("pages/*.py")])
MAKEFILE = (ROOT / "Makefile").read_text()
# Which page a table belongs to, and which page speaks of a page of the app.
ROWS = [("figures.md", METRICS), ("figures.md", CHARTS), ("formats.md", READERS), ("formats.md", WRITERS),
        ("formats.md", EXPORTS), ("dataset.md", SYSTEMS), ("review.md", QUEUES), ("error-analysis.md", KINDS)]
OF_A_PAGE = {"Overview": "README.md", "Dataset": "dataset.md", "Review": "review.md", "Judge": "judge.md",
             "Error analysis": "error-analysis.md", "Settings": "README.md"}
FOREIGN = {"make", "inspect", "promptfoo", "python"}  # programs besides our own commands
MOST_BYTES = 9_216  # of the README: it is the door, the guide is the house


def code_free(text: str) -> str:
    """A page without its blocks of code, in which a # begins a comment."""
    return re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """(file, anchor) of every link and picture of a page that leads nowhere else."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", code_free(PAGES[page])):
        name, _, anchor = target.partition("#")
        yield (page.parent / name).resolve() if name else page, anchor


def anchors(text: str) -> set[str]:
    """What a heading is called in an address: small letters, no punctuation, dashes for spaces."""
    heads = re.findall(r"^#+ (.+)$", code_free(text), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def shown(text: str) -> Iterator[list[str]]:
    """The words after `python -m lib` of every line of code, comments taken off."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M):
        for line in block.replace("\\\n", " ").splitlines():
            if "-m lib" in line:
                words = shlex.split(line, comments=True)
                yield words[words.index("lib") + 1:]


def inline(text: str) -> Iterator[list[str]]:
    """The words of every piece of code in a sentence that shows an option."""
    return (code.split() for code in re.findall(r"`([^`\n]+)`", code_free(text)) if re.search(r"\w --\w", code))


def walked(words: list[str]) -> tuple[list[str], click.Command, list[str]]:
    """(path, command, words left): the command that these words name, global options passed over."""
    words, command, path = list(words), main, []
    while isinstance(command, click.Group) and words:
        if words[0] in ("--db", "--project", "--as"):
            del words[:2]
        elif words[0].startswith("-"):
            break
        else:
            assert words[0] in command.commands, f"there is no command {' '.join([*path, words[0]])}"
            path.append(words.pop(0))
            command = command.commands[path[-1]]
    return path, command, words


def unknown(words: list[str]) -> list[str]:
    """The options in these words that their command does not have."""
    path, command, rest = walked(words)
    open_ones = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    known = {"--help", *(name for one in open_ones for name in (*one.opts, *one.secondary_opts))}
    return [" ".join([*path, word]) for word in rest if word.startswith("--") and word.partition("=")[0] not in known]


def every_command(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and every command of a group."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        elif not command.hidden:
            yield *path, name


@pytest.mark.parametrize("page,row", [(page, row) for page, table in ROWS for row in table])
def test_every_row_of_every_table_is_named_on_its_page(page, row):
    assert f"`{row}`" in GUIDE[page]


def test_every_variable_of_the_environment_is_explained():
    used = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', CODE)) | set(re.findall(r"PLUMBLINE_[A-Z_]+", CODE))
    assert used and all(f"`{name}`" in GUIDE["deployment.md"] for name in used)


@pytest.mark.parametrize("title", re.findall(r'\.py", title="([^"]+)"', (ROOT / "app.py").read_text()))
def test_every_page_is_named(title):
    assert f"**{title}**" in README and f"**{title}**" in GUIDE[OF_A_PAGE[title]]


def test_every_view_of_a_page_is_named_on_its_page():
    found = [(title, view) for _, title, view in views()]
    assert {title for title, _ in found} == OF_A_PAGE.keys()
    assert [view for view in found if f"**{view[0]} → {view[1]}**" not in GUIDE[OF_A_PAGE[view[0]]]] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_picture_and_file_it_points_at_exists(page):
    found = list(links(page))
    assert found and all(file.is_relative_to(ROOT) and file.exists() for file, _ in found)
    assert [(file.name, anchor) for file, anchor in found if anchor and anchor not in anchors(PAGES[file])] == []


def test_every_picture_is_shown():
    pointed = {file for page in PAGES for file, _ in links(page)}
    assert set(DOCS.glob("pictures/*")) <= pointed


def test_every_page_of_the_guide_is_reached_from_its_contents_and_leads_on():
    contents = {file for file, _ in links(DOCS / "README.md")}
    assert DOCS / "README.md" in {file for file, _ in links(ROOT / "README.md")}
    assert {DOCS / name for name in GUIDE} - {DOCS / "README.md"} <= contents
    assert [name for name, text in GUIDE.items() if not re.search(r"\]\(\w[\w-]*\.md\)\.$", text.strip())] == []


def test_every_command_it_shows_exists():
    loose = {name for text in PAGES.values() for name in re.findall(r"python -m lib (?!--)([a-z-]+)", text)}
    assert loose and loose <= set(main.commands)
    assert all(walked(words)[0] or words[0].startswith("--") for text in PAGES.values() for words in shown(text))


def test_every_command_is_shown():
    have = {tuple(walked(words)[0]) for words in shown(GUIDE["command-line.md"])}
    assert set(every_command()) - have == set()


def test_every_option_it_shows_exists():
    found = [words for text in PAGES.values() for words in (*shown(text), *inline(text)) if words[0] not in FOREIGN]
    assert len(found) > 50 and [wrong for words in found for wrong in unknown(words)] == []


def test_every_line_it_shows_could_be_typed(tmp_path, monkeypatch):
    """Choices, numbers and required options too: click reads each line as it would, and runs none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLUMBLINE_CALLABLE", "")  # --callable sets it
    for words in (words for text in PAGES.values() for words in shown(text) if words != ["--help"]):
        path, command, rest = walked(words)
        for file in (word for word in rest if re.fullmatch(r"[\w-]+\.\w+", word)):
            Path(file).touch()
        typed = rest[:rest.index(">")] if ">" in rest else rest
        command.make_context(path[-1], list(typed), parent=click.Context(main))


def test_no_banned_word_stands_in_it():
    found = [(page.name, word[0]) for page, text in PAGES.items() for word in BANNED_WORDS.finditer(text)]
    assert found == []


def test_the_readme_is_short():
    assert len(README.encode()) <= MOST_BYTES


def test_make_help_lists_every_target_and_the_guide_names_each():
    targets = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.M)[1].split())
    assert targets == set(re.findall(r"^([a-z-]+):.*## \w", MAKEFILE, re.M))
    assert all(f"`make {target}`" in GUIDE["development.md"] for target in targets)
    assert set(re.findall(r"\bmake ([a-z]+)\b(?=`|  )", README)) <= targets


def test_the_continuous_check_is_the_readme_s_own_command():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "make test"
    assert "make test" in README and "make run" in README

"""Who may import whom: the layers, the rooms in them, and the doors to what is outside."""

from pathlib import Path

from tests.support import HOUSE as ROOT
from tests.support.sources import imported, layer, layer_of, name_of, sources

# The layers, lowest first, and which lower ones each may import. "What may a line touch?" is answered by its row.
LAYERS = {
    "records": "",
    "schema": "records",
    "readers": "records",
    "writers": "records readers",
    "assertions": "records",
    "models": "records",
    "systems": "records models",
    "prompting": "records models",
    "statistics": "records writers prompting",
    "sampling": "records statistics",
    "charts": "records statistics",
    "store": "records schema models sampling",
    "engine": "records models systems prompting sampling store",
    "workflow": "records readers writers assertions models systems prompting statistics sampling store engine",
    "bench": "records models prompting statistics store engine workflow",
    "ui": "records readers writers assertions prompting statistics sampling charts store workflow",
    "cli": "records readers assertions models statistics sampling store engine workflow bench",
    "__main__": "cli",
    "pages": "records statistics store workflow ui",
    "app": "ui",
}

# The rooms of a layer, a step of the method each, in its order. A room may import what its layer shares and the rooms
# of earlier steps; what is shared imports no room.
ROOMS = ("dataset", "review", "judge", "errors", "overview", "settings")
DIVIDED = ("store", "workflow", "ui", "cli")
# Where the method itself goes back.
BACK = {
    "lib/store/dataset/naming.py": "judge errors",  # one file brings traces, labels, verdicts and failure modes
    "lib/store/dataset/imports.py": "judge",  # a new trace goes where a draw has put its input
    "lib/store/dataset/returns.py": "errors",  # codes that come back
    "lib/workflow/dataset/exchange.py": "judge",  # a project begins with its first judge
    "lib/workflow/dataset/reading.py": "judge errors",  # an import begins the first judge, and queues a fix's answers
    "lib/cli/main.py": "dataset review judge errors overview",  # the list of all commands
}

# Packages from outside that have one door each: layers or files.
DOORS = {
    # The bench measures the bare client beside the product; an adapter leaves with a judge and never runs here.
    "openai": "lib/models/llm.py lib/models/batches.py lib/bench lib/prompting/passport/adapters "
              "lib/prompting/passport/scripts",
    "sqlite_utils": "lib/schema lib/store", "sqlite3": "lib/schema lib/store", "altair": "lib/charts",
    "streamlit": "lib/ui pages app.py", "starlette": "lib/ui/door.py lib/ui/team",
    "jinja2": "lib/prompting/texts", "xllamacpp": "lib/models/local_model.py",
    "gepa": "lib/prompting/search.py", "pyarrow": "lib/readers lib/prompting/passport/scripts",
    "urllib.request": "lib/models/model_files.py lib/systems/addresses.py",
    "click": "lib/cli", "httpx2": "lib/systems", "aiohttp": "lib/models/transport.py lib/bench lib/systems/otlp",
    "subprocess": "lib/assertions/bounded.py lib/models/model_files.py lib/readers/files/parquet_file.py lib/workflow",
    "jsonpath": "lib/systems lib/assertions", "markdown_it": "lib/ui/rendered.py",
    "sklearn": "lib/statistics/baselines.py lib/sampling/groups.py", "scipy": "lib/statistics",
    # Each of these runs, or fetches, what a file or a stranger says.
    "pickle": "", "marshal": "", "shelve": "", "yaml": "", "requests": "", "httpx": "",
}

def room_of(module: str) -> int:
    """Which step's room a module of lib is in, as its place in ROOMS; -1 for what its layer shares."""
    parts = module.split(".")
    divided = len(parts) > 3 and parts[1] in DIVIDED and parts[2] in ROOMS
    return ROOMS.index(parts[2]) if divided else -1


def test_every_layer_has_its_row_and_every_row_its_layer():
    assert {layer(path) for path in sources()} - {"__init__"} == LAYERS.keys()


def test_a_layer_imports_lower_ones_alone():
    """So the table has no circle: each row names only rows above it."""
    order = list(LAYERS)
    assert [f"{name}: {lower}" for name, row in LAYERS.items() for lower in row.split()
            if order.index(lower) >= order.index(name)] == []


def test_a_line_touches_only_what_its_layer_may():
    wrong = [f"{name_of(path)}:{line} imports {name}" for path in sources() for line, name in imported(path)
             if name.startswith("lib.") and layer_of(name) not in {layer(path), *LAYERS[layer(path)].split()}]
    assert wrong == []


def test_a_room_imports_what_is_shared_and_earlier_rooms():
    wrong = [f"{name_of(path)}:{line} imports {name}" for path in sources() for line, name in imported(path)
             if layer_of(name) == layer(path) and not _may_enter(path, name)]
    assert wrong == []


def _may_enter(path: Path, name: str) -> bool:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    there = room_of(f"{name}.")
    return there <= room_of(module) or ROOMS[there] in BACK.get(name_of(path), "").split()


def test_every_way_back_is_gone():
    """A row of BACK that nobody needs any more is taken out."""
    needed = {(name_of(path), ROOMS[room_of(f"{name}.")]) for path in sources() for _, name in imported(path)
              if name_of(path) in BACK and layer_of(name) == layer(path) and room_of(f"{name}.") >= 0}
    assert {(path, room) for path, rooms in BACK.items() for room in rooms.split()} <= needed


def test_no_two_files_import_each_other_in_a_circle():
    """Taking out files that import nothing left over must empty the house."""
    rest = {path: {there for _, name in imported(path) if (there := _file(name)) not in (None, path)}
            for path in sources()}
    while free := [path for path, needs in rest.items() if not needs & rest.keys()]:
        for path in free:
            del rest[path]
    assert [name_of(path) for path in rest] == []


def _file(name: str) -> Path | None:
    """The file that a dotted name of lib is in; the name may be of something inside it."""
    whole, inside = ROOT.joinpath(*name.split(".")), ROOT.joinpath(*name.split(".")[:-1])
    found = (whole.with_suffix(".py"), whole / "__init__.py", inside.with_suffix(".py"), inside / "__init__.py")
    return next((path for path in found if path.is_file()), None) if name.startswith("lib.") else None


def test_each_package_from_outside_has_its_doors():
    wrong = [f"{name_of(path)}:{line} imports {package}" for path in sources() for line, name in imported(path)
             for package, doors in DOORS.items() if f"{name}.".startswith(f"{package}.")
             and not any(f"{name_of(path)}/".startswith(f"{door}/") for door in doors.split())]
    assert wrong == []

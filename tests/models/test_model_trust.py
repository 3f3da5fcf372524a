"""Which files are loaded as a model: hashed again before use, and named by a page out of some folders alone."""

import os
import shutil
from pathlib import Path

import pytest

from lib.models import local_model, model_files
from lib.records import UsageError
from lib.store import projects
from lib.workflow import endpoints, models
from tests.support.pages import said

WHOLE = b"GGUF" + bytes(local_model.SMALLEST)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder that the operator names, beside one it does not."""
    for name in ("models", "named", "elsewhere"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.gguf").write_bytes(WHOLE)
    monkeypatch.setenv("PLUMBLINE_GGUF_FOLDERS", str(tmp_path / "named"))
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path / "models"))
    return tmp_path / "named"


def refusal(named: object) -> str:
    with pytest.raises(UsageError) as caught:
        local_model.find_weights(str(named))
    return str(caught.value)


def test_a_file_in_a_named_folder_is_taken_and_one_beside_the_fetched_models(folder):
    for path in (folder / "m.gguf", folder / "." / "m.gguf", folder.parent / "models" / "m.gguf"):
        assert local_model.find_weights(str(path)).path == Path(os.path.abspath(path))
    (folder / "deep").mkdir()
    shutil.copy(folder / "m.gguf", folder / "deep" / "n.gguf")
    assert local_model.find_weights(str(folder / "deep" / "n.gguf")).name == "n"


def test_the_sentence_is_the_same_for_every_file_that_is_not_taken(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (folder / "link.gguf").symlink_to(elsewhere / "m.gguf")
    (folder / "loop.gguf").symlink_to(folder / "loop.gguf")
    (folder / "short.gguf").write_bytes(b"GGUF")
    (folder / "other.gguf").write_bytes(b"x" * 2_000_000)
    (folder / "m.txt").write_bytes(WHOLE)
    (folder / "folder.gguf").mkdir()
    os.mkfifo(folder / "pipe.gguf")
    tried = [elsewhere / "m.gguf", elsewhere / "none.gguf", folder / "none.gguf", folder / "../elsewhere/m.gguf",
             folder / "link.gguf", folder / "loop.gguf", folder / "short.gguf", folder / "other.gguf", folder / "m.txt",
             folder / "folder.gguf", folder / "pipe.gguf", folder, "/etc/passwd", "/no/such/folder/x.gguf", "m.gguf",
             "~nobody-of-this-name/x.gguf", "/proc/self/environ", "a\0b.gguf", f"{folder}/a\0b.gguf", "x" * 5000,
             f"{folder}-not/m.gguf"]
    (said,) = {refusal(path) for path in tried}
    assert said.startswith(f"This file is not taken. Name a whole .gguf file in {folder} or ")
    assert "PLUMBLINE_GGUF_FOLDERS" in said


def test_without_a_named_folder_only_that_of_fetched_models_is_left(folder, monkeypatch):
    monkeypatch.delenv("PLUMBLINE_GGUF_FOLDERS")
    assert "This file is not taken" in refusal(folder / "m.gguf")
    assert local_model.find_weights(str(folder.parent / "models" / "m.gguf")).name == "m"


def test_the_operator_s_own_variable_may_name_any_file(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_GGUF", str(tmp_path / "elsewhere" / "m.gguf"))
    assert local_model.find_weights(str(folder / "m.gguf")).path == tmp_path / "elsewhere" / "m.gguf"


def test_a_file_named_in_settings_before_is_not_taken_either(folder, tmp_path, db, visit):
    with pytest.raises(UsageError, match="This file is not taken"):
        models.name_file(db, str(tmp_path / "elsewhere" / "m.gguf"))
    projects.set_setting(db, "gguf", str(tmp_path / "elsewhere" / "m.gguf"))
    [found] = [one for one in endpoints.endpoints(db) if one.name == endpoints.EMBEDDED]
    assert not found.ready and "This file is not taken" in found.why
    assert "This file is not taken" in said(visit(db.path, "settings", view="Models"))
    models.name_file(db, " ")
    assert local_model.find_weights(projects.setting(db, "gguf")).small


@pytest.mark.parametrize("by", ["itself", "its name in Settings", "another name", "the variable"])
def test_a_fetched_model_that_changed_is_not_loaded(folder, monkeypatch, by):
    fetched = model_files.fetched()
    fetched.write_bytes(WHOLE)
    named = {"its name in Settings": str(fetched), "another name": f"{fetched.parent}/./{fetched.name}"}.get(by)
    if by == "the variable":
        monkeypatch.setenv("PLUMBLINE_GGUF", str(fetched))
    weights = local_model.find_weights(named)
    with pytest.raises(UsageError, match="is not the model it should be: its hash differs"), (
            local_model.serving(weights)):
        pass


def test_the_small_model_is_the_one_that_was_pinned_and_another_is_not_loaded(tmp_path):
    small = local_model.bundled()
    local_model._prove(small)
    path = Path(shutil.copy(small.path, tmp_path / "m.gguf"))
    with path.open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"changed")
    with pytest.raises(UsageError, match="its hash differs"), local_model.serving(
            local_model.Weights(path, "m", True, small.sha256)):
        pass

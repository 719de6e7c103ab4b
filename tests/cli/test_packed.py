"""Packed weights: written by the first run, used by the next; damage and disks that cannot be written cost time, never the text."""
import os

import pytest


@pytest.fixture
def text(run, sample, tmp_path):
    """The sample's transcript, with packed weights in CACHE/packed."""
    def call(cache):
        environment = {**os.environ, "WHISPER_CACHE_DIR": str(cache)}
        done = run("transcribe", sample, "-o", tmp_path, "-f", "json", "-q", env=environment)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        return (tmp_path / "sample.json").read_text()
    return call


def only_file(folder):
    [file] = folder.iterdir()
    return file, file.stat().st_ino


def test_the_first_run_packs_and_the_next_takes_what_it_packed(text, tmp_path):
    first = text(tmp_path / "cache")
    file, inode = only_file(tmp_path / "cache" / "packed")
    assert file.read_bytes().startswith(b"video2text packed weights, version ")
    assert text(tmp_path / "cache") == first
    assert only_file(tmp_path / "cache" / "packed") == (file, inode)


def test_a_damaged_file_is_not_used_but_replaced(text, tmp_path):
    first = text(tmp_path / "cache")
    file, _ = only_file(tmp_path / "cache" / "packed")
    good = file.read_bytes()
    for bad in (b"", good[:5000], good[:200] + b"x" + good[201:], good + b"x"):
        file.write_bytes(bad)
        assert text(tmp_path / "cache") == first
        assert file.read_bytes() == good


def test_where_nothing_can_be_written_the_text_is_the_same(text, tmp_path):
    first = text(tmp_path / "cache")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "packed").write_text("a file where the folder would be")
    assert text(tmp_path / "full") == first

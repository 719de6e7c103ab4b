"""The mock is a hub: huggingface_hub downloads from it. And the caches are one: each side reads what the other wrote."""
import os
import pathlib
import subprocess
import sys

import mock_hub

NAME = "Systran/faster-whisper-base"
PATTERNS = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]

# In a process of its own, since huggingface_hub reads its environment once.
SNAPSHOT = """
import sys, huggingface_hub
print(huggingface_hub.snapshot_download(sys.argv[1], allow_patterns=sys.argv[3:], local_files_only=sys.argv[2] == "offline"))
"""


def snapshot(name, mode, hub, cache, **environment):
    done = subprocess.run([sys.executable, "-c", SNAPSHOT, name, mode, *PATTERNS], text=True, capture_output=True,
                          timeout=120, check=False,
                          env={**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(cache),
                               "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1",
                               "HF_HUB_DISABLE_XET": "1", **environment})
    assert done.returncode == 0, done.stderr
    return pathlib.Path(done.stdout.strip().splitlines()[-1])


def test_huggingface_hub_downloads_from_the_mock(hub, tmp_path):
    repository = hub.add(NAME)
    folder = snapshot(NAME, "online", hub, tmp_path)
    assert {file.name for file in folder.iterdir()} == set(repository.files) - {".gitattributes", "README.md"}
    for file in folder.iterdir():
        assert file.read_bytes() == repository.files[file.name]


def test_huggingface_hub_downloads_a_gated_model_with_the_token(hub, tmp_path):
    repository = hub.add("mock/gated", gated=True)
    folder = snapshot("mock/gated", "online", hub, tmp_path, HF_TOKEN=mock_hub.TOKEN)
    assert (folder / "model.bin").read_bytes() == repository.files["model.bin"]
    assert all("Authorization" not in request.headers for request in hub.requests if request.where == "cdn")


def test_huggingface_hub_reads_our_cache_offline(hub, puller):
    repository = hub.add(NAME)
    assert puller.get("base").error is None
    folder = snapshot(NAME, "offline", hub, puller.cache, HF_HUB_OFFLINE="1")
    assert (folder / "model.bin").read_bytes() == repository.files["model.bin"]
    assert (folder / "model.bin").is_symlink()


def test_huggingface_hub_has_nothing_to_download_after_us(hub, puller):
    hub.add(NAME)
    assert puller.get("base").error is None
    before = hub.count("cdn", "GET", "model.bin")
    snapshot(NAME, "online", hub, puller.cache)
    assert hub.count("cdn", "GET", "model.bin") == before == 1


def test_we_read_the_cache_of_huggingface_hub_offline(hub, puller):
    repository = hub.add(NAME)
    snapshot(NAME, "online", hub, puller.cache)
    outcome = puller.get("base", offline=1)
    assert outcome.model.read_bytes() == repository.files["model.bin"]


def test_both_make_the_same_files(hub, puller, tmp_path):
    hub.add(NAME)
    snapshot(NAME, "online", hub, tmp_path / "theirs")
    assert puller.get("base").error is None

    def tree(cache):
        folder = cache / "models--Systran--faster-whisper-base"
        return {str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.read_bytes()
                for part in ("blobs", "snapshots", "refs") for path in sorted((folder / part).rglob("*"))
                if path.is_symlink() or path.is_file()}
    assert tree(puller.cache) == tree(tmp_path / "theirs")

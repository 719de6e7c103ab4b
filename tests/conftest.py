"""What all black-box tests share: the real binary, the sample video, and where real speech lies."""
import json
import os
import pathlib
import subprocess

import pytest
import spoken

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pytest_configure():
    """What programs under test pack or download stays in build/; models are found where they were before (tools/test_cache)."""
    os.environ["HF_HUB_CACHE"] = os.environ.get("WHISPER_CACHE_DIR") or os.environ.get("HF_HUB_CACHE", "")
    os.environ["WHISPER_CACHE_DIR"] = str(ROOT / "build" / "test-cache")


@pytest.fixture(scope="session")
def binary():
    path = os.environ.get("V2T_BINARY", str(ROOT / "build" / "dev" / "video2text"))
    assert os.access(path, os.X_OK), f"{path} is not there: run make build"
    return path


@pytest.fixture(scope="session")
def sample():
    return ROOT / "tools" / "sample" / "sample.mp4"


@pytest.fixture(scope="session")
def sample_text():
    return (ROOT / "tools" / "sample" / "sample.txt").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="session")
def retold(tmp_path_factory):
    """Makes files of any length: the tale (spoken.TALE) so many times, 79 s each; the suffix says of which kind."""
    folder, told = tmp_path_factory.mktemp("tale"), {}

    def make(times, suffix=".mp4"):
        if suffix not in told:
            told[suffix] = spoken.tell(folder / ("once" + suffix))
        path = folder / f"{times}{suffix}"
        if not path.exists():
            subprocess.run(["ffmpeg", "-v", "error", "-stream_loop", str(times - 1), "-i", told[suffix], "-c", "copy", path],
                           check=True)
        return path

    return make


@pytest.fixture(scope="session")
def speech():
    """The folder of real speech with its manifest; tests that use it are skipped where it is not."""
    folder = pathlib.Path(os.environ.get("V2T_SHARED", ROOT.parent / "shared")) / "speech"
    if not (folder / "manifest.jsonl").exists():
        pytest.skip(f"no real speech in {folder} (set V2T_SHARED)")
    with open(folder / "manifest.jsonl", encoding="utf-8") as lines:
        rows = {row["file"]: row for row in map(json.loads, lines)}
    return folder, rows


@pytest.fixture
def run(binary):
    """Runs the binary to its end."""
    def call(*arguments, **options):
        options.setdefault("timeout", 300)
        return subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, **options)
    return call

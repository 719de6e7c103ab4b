"""The mock hub, and the program under test: build/dev/hub_pull, or the one that HUB_PULL names."""
import json
import os
import pathlib
import subprocess

import mock_hub
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("HUB_PULL", ROOT / "build" / "dev" / "hub_pull"))


@pytest.fixture
def hub():
    server = mock_hub.MockHub()
    yield server
    server.close()


class Outcome:
    def __init__(self, code, output):
        self.code = code
        lines = [json.loads(line) for line in output.splitlines()]
        self.progress = [line for line in lines if "progress" in line]
        self.results = [line for line in lines if "progress" not in line]

    @property
    def error(self):
        return self.results[-1].get("error")

    @property
    def message(self):
        return self.results[-1].get("message", "")

    @property
    def model(self):
        assert self.error is None, self.message
        return pathlib.Path(self.results[-1]["model"])


class Puller:
    """Runs hub_pull against the mock with a cache of its own."""

    def __init__(self, hub, cache):
        self.hub = hub
        self.cache = cache

    def command(self, action, name, flags):
        flags = {"endpoint": self.hub.url, "cache": str(self.cache), **flags}
        return [str(PROGRAM), action, name, *(f"{key}={value}" for key, value in flags.items())]

    def start(self, name, **flags):
        return subprocess.Popen(self.command("get", name, flags), stdout=subprocess.PIPE, text=True)

    def run(self, action, name="", prefix=(), **flags):
        done = subprocess.run([*prefix, *self.command(action, name, flags)], stdout=subprocess.PIPE, text=True,
                              timeout=60, check=False)
        return Outcome(done.returncode, done.stdout)

    def get(self, name, **flags):
        return self.run("get", name, **flags)

    def finish(self, process):
        output, _ = process.communicate(timeout=60)
        return Outcome(process.returncode, output)

    def parts(self):
        return list(self.cache.glob("models--*/blobs/*.incomplete"))


@pytest.fixture
def puller(hub, tmp_path):
    return Puller(hub, tmp_path / "cache")

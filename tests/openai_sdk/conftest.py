"""The real server with an API key, the official Python client, and audio that is soon transcribed."""
import json
import pathlib
import signal
import subprocess

import openai
import pytest
import serving
from nginx import Nginx

NODE = pathlib.Path(__file__).resolve().parent / "node"


class Server(serving.Server):
    def client(self, key, **options):
        options.setdefault("max_retries", 0)
        return openai.OpenAI(base_url=self.url + "/v1", api_key=key, **options)

    def media_files(self):
        return [f for f in (self.folder / "data" / "media").rglob("*") if f.is_file()]


@pytest.fixture(scope="session")
def server(binary, tmp_path_factory):
    running = Server(binary, tmp_path_factory.mktemp("openai")).start()
    yield running
    running.stop(signal.SIGKILL)


@pytest.fixture
def new_server(binary, tmp_path):
    """Makes a server with these flags and settings."""
    servers = []

    def make(*flags, **environment):
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        servers.append(Server(binary, folder, *flags, **environment).start())
        return servers[-1]

    yield make
    for running in servers:
        running.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def key(server):
    return server.keys("create", "sdk").stdout.strip()


@pytest.fixture
def client(server, key):
    return server.client(key)


@pytest.fixture(scope="session")
def clip(sample, tmp_path_factory):
    """The sample's sound, as most clients send it."""
    path = tmp_path_factory.mktemp("media") / "clip.mp3"
    subprocess.run(["ffmpeg", "-v", "error", "-i", sample, "-vn", "-ac", "1", "-b:a", "64k", path], check=True)
    return path


@pytest.fixture(scope="session")
def long_clip(retold):
    """Five minutes."""
    return retold(4, ".mp3")


@pytest.fixture(scope="session")
def node():
    if not (NODE / "node_modules" / "openai").exists():
        pytest.skip("the client for Node is not installed (tools/setup test)")

    def call(url, key, *steps):
        """Runs the steps of client.mjs one after the other; their outcomes."""
        done = subprocess.run(["node", NODE / "client.mjs", url + "/v1", key, json.dumps(steps)],
                              capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


@pytest.fixture
def behind_proxy(new_server, tmp_path):
    """A server that speaks up every second, and before it a proxy that cuts requests which are silent for two."""
    running = new_server("--heartbeat-seconds", "1")
    proxy = Nginx(tmp_path / "nginx", running.url, body="0", seconds=2)
    yield running, proxy
    proxy.stop()

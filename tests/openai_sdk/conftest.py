"""The real server with an API key, the official Python client, and audio that is soon transcribed."""
import json
import os
import pathlib
import signal
import socket
import subprocess

import openai
import pytest
from waiting import wait_until

NODE = pathlib.Path(__file__).resolve().parent / "node"


class Server:
    """`video2text serve` in a folder of its own."""

    def __init__(self, binary, folder, *flags, **environment):
        self.binary, self.folder = binary, folder
        self.log = folder / "server.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [binary, "serve", "--port", "0", "--data-dir", folder / "data", *flags],
                stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **environment})
        line = self.process.stdout.readline()
        assert "http://" in line, self.log.read_text()
        self.url = line[line.index("http://"):].split()[0].rstrip("/")

    def keys(self, *arguments):
        done = subprocess.run([self.binary, "keys", "--data-dir", self.folder / "data", *arguments],
                              capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.strip()

    def client(self, key, **options):
        options.setdefault("max_retries", 0)
        return openai.OpenAI(base_url=self.url + "/v1", api_key=key, **options)

    def media_files(self):
        return [f for f in (self.folder / "data" / "media").rglob("*") if f.is_file()]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def server(binary, tmp_path_factory):
    running = Server(binary, tmp_path_factory.mktemp("openai"))
    yield running
    running.stop()


@pytest.fixture
def new_server(binary, tmp_path):
    """Makes a server with these flags and settings."""
    servers = []

    def make(*flags, **environment):
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        servers.append(Server(binary, folder, *flags, **environment))
        return servers[-1]

    yield make
    for running in servers:
        running.stop()


@pytest.fixture(scope="session")
def key(server):
    return server.keys("create", "sdk")


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


class Proxy:
    """nginx before the server, which cuts requests that are silent for two seconds."""

    def __init__(self, folder, upstream):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "nginx.conf").write_text(f"""
            daemon off; user root; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
            events {{ worker_connections 64; }}
            http {{
              access_log off; client_max_body_size 0;
              client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
              fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
              server {{ listen 127.0.0.1:{self.port};
                location / {{ proxy_pass {upstream}; proxy_read_timeout 2s; proxy_http_version 1.1; }} }} }}
        """)
        self.process = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "error.log"])

        def listens():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        wait_until(listens)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def behind_proxy(new_server, tmp_path):
    """A server that speaks up every second, the proxy before it, and its address."""
    running = new_server("--heartbeat-seconds", "1")
    folder = tmp_path / "nginx"
    folder.mkdir()
    proxy = Proxy(folder, running.url)
    yield running, proxy
    proxy.stop()

"""The real server on a free port with its own data folder, and a client that speaks HTTP to the byte."""
import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
from urllib.parse import urlsplit

import pytest


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json["error"]["code"]


class Client:
    def __init__(self, url, token=None):
        self.address = (urlsplit(url).hostname, urlsplit(url).port)
        self.token = token

    def ask(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("X-V2T-Session", self.token)
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        try:
            connection.request(method, path, body, named)
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def ask_json(self, method, path, value):
        return self.ask(method, "/api/v1" + path, json.dumps(value), Content_Type="application/json")

    def get(self, path, **headers):
        return self.ask("GET", "/api/v1" + path, **headers)

    def open_session(self):
        self.token = self.ask("POST", "/api/v1/session").json["token"]

    def tus(self, method, path, body=None, **headers):
        return self.ask(method, "/api/v1/uploads" + path, body, Tus_Resumable="1.0.0", **headers)

    def create_upload(self, size, name="lecture.mp4"):
        metadata = "filename " + base64.b64encode(name.encode()).decode()
        reply = self.tus("POST", "", Upload_Length=str(size), Upload_Metadata=metadata)
        assert reply.status == 201, reply.body
        return reply.headers["Location"].rsplit("/", 1)[1]

    def append(self, upload, offset, body):
        return self.tus("PATCH", "/" + upload, body, Upload_Offset=str(offset),
                        Content_Type="application/offset+octet-stream")

    def raw(self, data):
        """Sends bytes as they are; the answer until the server closes."""
        with socket.create_connection(self.address, timeout=60) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer


def read_url(process):
    """The address in the server's first words, however long they take; the test run's own time limit guards."""
    for line in process.stdout:
        found = re.search(r"http://[^\s\"]+:\d+", line)
        if found:
            return found.group(0)
    pytest.fail(f"the server ended with status {process.wait()} before it told its address")


class Server:
    """One running `video2text serve`; stop() and start() on the same data folder is a restart."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.start()

    def start(self):
        # Offline: the tests of the interface need no model, and must not wait for one.
        environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
        self.process = subprocess.Popen(
            [self.binary, "serve", "--port", "0", "--data-dir", str(self.folder)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        self.url = read_url(self.process)
        # The log goes on: nobody may block the server by not reading it.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def client(self, token=None):
        return Client(self.url, token)


@pytest.fixture(scope="module")
def server(binary, tmp_path_factory):
    running = Server(binary, tmp_path_factory.mktemp("data"))
    yield running
    if running.process.poll() is None:
        running.stop(signal.SIGKILL)


@pytest.fixture
def client(server):
    """A new owner."""
    new = server.client()
    new.open_session()
    return new


class LoggingServer(Server):
    """Its log lies in a file."""

    def __init__(self, binary, folder, environment):
        self.environment, self.log = environment, folder.with_suffix(".log")
        super().__init__(binary, folder)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--port", "0", "--data-dir", str(self.folder)], stdout=subprocess.PIPE, stderr=log,
                text=True, env={**os.environ, "HF_HUB_OFFLINE": "1", **self.environment})
        line = self.process.stdout.readline()
        self.url = re.search(r"http://\S+:\d+", line).group(0)

    def keys(self, *arguments):
        return subprocess.run([self.binary, "keys", "--data-dir", str(self.folder), *arguments], capture_output=True,
                              text=True, timeout=60, check=False)


@pytest.fixture
def new_server(binary, tmp_path):
    """Makes a server with these settings."""
    servers = []

    def make(**environment):
        servers.append(LoggingServer(binary, tmp_path / f"data{len(servers)}", environment))
        return servers[-1]

    yield make
    for server in servers:
        server.process.kill()
        server.process.wait(timeout=30)

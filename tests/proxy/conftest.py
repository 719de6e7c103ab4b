"""A real server behind a real reverse proxy."""
import http.client
import json
import pathlib
from urllib.parse import urlsplit

import pytest
import serving
from nginx import Nginx


class Server(serving.Server):
    def peak_memory_kib(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/status").read_text().split("VmHWM:")[1].split()[0])


class Client:
    """One request, one connection."""

    def __init__(self, url):
        self.url, self.token = url, ""

    def connect(self):
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=120)

    def ask(self, method, path, body=None, **headers):
        """Status, headers, content."""
        connection = self.connect()
        named = {"X-V2T-Session": self.token, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            connection.request(method, path, body, {name: value for name, value in named.items() if value})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            connection.close()

    def open_session(self):
        self.token = json.loads(self.ask("POST", "/api/v1/session", b"")[2])["token"]
        return self

    def announce(self, size):
        status, headers, _ = self.ask("POST", "/api/v1/uploads", b"", Tus_Resumable="1.0.0", Upload_Length=str(size))
        assert status == 201
        return headers["Location"][headers["Location"].index("/api/"):]

    def send(self, place, offset, piece):
        return self.ask("PATCH", place, piece, Tus_Resumable="1.0.0", Upload_Offset=str(offset),
                        Content_Type="application/offset+octet-stream")[0]

    def offset(self, place):
        return int(self.ask("HEAD", place, Tus_Resumable="1.0.0")[1]["Upload-Offset"])

    def create_job(self, place):
        status, _, body = self.ask("POST", "/api/v1/jobs", json.dumps({"upload": place.rsplit("/", 1)[1]}),
                                   Content_Type="application/json")
        assert status == 201, body
        return json.loads(body)["id"]


@pytest.fixture
def behind(binary, tmp_path):
    """behind(body=, seconds=, **environment) -> (server, client through the proxy, with a session)"""
    running = []

    def start(body="32m", seconds=60, **environment):
        server = Server(binary, tmp_path, WHISPER_THREADS="1", **environment).start()
        running.append(server)
        running.append(Nginx(tmp_path / "nginx", server.url, body, seconds))
        return server, Client(running[-1].url).open_session()

    yield start
    for each in reversed(running):
        each.stop()

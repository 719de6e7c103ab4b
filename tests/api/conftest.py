"""The real server on a free port with its own data folder, and a client that speaks HTTP to the byte."""
import base64
import http.client
import json
import signal
import socket
from urllib.parse import urlsplit

import pytest
import serving


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


class Server(serving.Server):
    def client(self, token=None):
        return Client(self.url, token)


def new(binary, folder, **environment):
    """Offline: the tests of the interface need no model, and must not wait for one."""
    return Server(binary, folder, HF_HUB_OFFLINE="1", **environment).start()


@pytest.fixture(scope="module")
def server(binary, tmp_path_factory):
    running = new(binary, tmp_path_factory.mktemp("server"))
    yield running
    running.stop(signal.SIGKILL)


@pytest.fixture
def client(server):
    """A new owner."""
    new = server.client()
    new.open_session()
    return new


@pytest.fixture
def new_server(binary, tmp_path):
    """Makes a server with these settings."""
    servers = []

    def make(**environment):
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        servers.append(new(binary, folder, **environment))
        return servers[-1]

    yield make
    for server in servers:
        server.stop(signal.SIGKILL)

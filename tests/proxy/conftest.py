"""A real server behind a real reverse proxy: nginx on a free port of loopback, with the limits of a strict one."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest

CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log info;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size {body};
    client_body_timeout {seconds}s;
    location / {{
      proxy_pass http://127.0.0.1:{server};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_read_timeout {seconds}s;
      proxy_send_timeout {seconds}s;
      proxy_request_buffering off;
      proxy_buffering off;
    }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`video2text serve` with these variables; its log is in folder/server.log."""

    def __init__(self, binary, folder, **environment):
        self.folder = folder
        with open(folder / "server.log", "ab") as log:
            self.process = subprocess.Popen([binary, "serve", "--port", "0", "--data-dir", folder / "data"], text=True,
                                            stdout=subprocess.PIPE, stderr=log, env={**os.environ, **environment})
        line = self.process.stdout.readline()
        assert "http://" in line, (folder / "server.log").read_text()
        self.port = int(line.rsplit(":", 1)[1])

    def peak_memory_kib(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/status").read_text().split("VmHWM:")[1].split()[0])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0


class Nginx:
    def __init__(self, folder, server_port, body="32m", seconds=60):
        self.folder, self.port = folder, free_port()
        folder.mkdir(exist_ok=True)
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=self.port, server=server_port, body=body, seconds=seconds))
        self.process = subprocess.Popen(["nginx", "-p", folder, "-c", config], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            assert self.process.poll() is None and time.monotonic() < deadline, (folder / "nginx.log").read_text()
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


class Client:
    """One request, one connection."""

    def __init__(self, port):
        self.port, self.token = port, ""

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

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
    assert shutil.which("nginx"), "nginx is not there: run tools/setup test"
    running = []

    def start(body="32m", seconds=60, **environment):
        server = Server(binary, tmp_path, WHISPER_THREADS="1", **environment)
        running.append(server)
        proxy = Nginx(tmp_path / "nginx", server.port, body, seconds)
        running.append(proxy)
        return server, Client(proxy.port).open_session()

    yield start
    for each in reversed(running):
        if each.process.poll() is None:
            each.process.terminate()  # a killed nginx would leave its workers behind
            each.process.wait(timeout=60)

"""A real server on a free port of loopback, with a client that speaks its API."""
import base64
import json
import signal
import subprocess
import time
import urllib.error
import urllib.request

import pytest


class Server:
    """`video2text serve` in a folder; can be killed and started again on the same data."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.process, self.token = binary, folder, None, ""

    def start(self):
        log = open(self.folder / "server.log", "ab")
        self.process = subprocess.Popen([self.binary, "serve", "--port", "0", "--data-dir", self.folder / "data"],
                                        stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        assert "http://" in line, f"no address: {line!r}\n{(self.folder / 'server.log').read_text()}"
        self.address = line[line.index("http://"):].split()[0].rstrip("/")
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)
        return self.process.returncode if self.process else None

    def request(self, method, path, body=None, headers=None, raw=False):
        headers = {"X-V2T-Session": self.token, **(headers or {})}
        if isinstance(body, (dict, list)):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.address + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                content = response.read()
                return response.status, response.headers, content if raw else json.loads(content or b"null")
        except urllib.error.HTTPError as error:
            content = error.read()
            return error.code, error.headers, content if raw else json.loads(content or b"null")

    def open_session(self):
        """As a browser that was never here."""
        self.token = ""
        self.token = self.request("POST", "/api/v1/session")[2]["token"]
        return self

    def upload(self, path, name=None):
        content = path.read_bytes()
        metadata = "filename " + base64.b64encode((name or path.name).encode()).decode()
        status, headers, _ = self.request("POST", "/api/v1/uploads", b"", {
            "Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Upload-Metadata": metadata})
        assert status == 201
        location = headers["Location"]
        location = location[location.index("/api/"):]
        status, _, _ = self.request("PATCH", location, content, {
            "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
        assert status == 204
        return location.rsplit("/", 1)[1]

    def create_job(self, path, **settings):
        status, _, job = self.request("POST", "/api/v1/jobs", {"upload": self.upload(path), "settings": settings})
        assert status == 201, job
        return job["id"]

    def wait_for(self, job_id, condition, seconds=900):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.request("GET", f"/api/v1/jobs/{job_id}")[2]
            if condition(job):
                return job
            time.sleep(0.05)
        raise AssertionError(f"not in {seconds} s: {job}")

    def wait_until_done(self, job_id, seconds=900):
        return self.wait_for(job_id, lambda job: job["state"] in ("done", "failed", "cancelled"), seconds)


@pytest.fixture
def new_server(binary, tmp_path):
    servers = []

    def make(name="server"):
        folder = tmp_path / name
        folder.mkdir()
        servers.append(Server(binary, folder))
        return servers[-1]

    yield make
    for server in servers:
        server.stop(signal.SIGKILL)


@pytest.fixture
def server(new_server):
    return new_server().start().open_session()

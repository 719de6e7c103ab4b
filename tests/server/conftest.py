"""A real server on a free port of loopback, with a client that speaks its API."""
import signal

import pytest
import serving
from owner import Owner


class Server(serving.Server, Owner):
    """With one owner at a time."""

    def transcript(self, job_id):
        """To the byte, but for the job's id."""
        return self.request("GET", f"/api/v1/jobs/{job_id}/transcript", raw=True)[2].replace(job_id.encode(), b"ID")


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


@pytest.fixture
def undisturbed(new_server):
    """The transcript of a file by a server to which nothing happens."""
    def transcript(path):
        server = new_server("undisturbed").start().open_session()
        job = server.wait_until_done(server.create_job(path))
        assert job["state"] == "done", job
        found = server.transcript(job["id"])
        server.stop()
        return found
    return transcript

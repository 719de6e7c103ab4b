"""A real server on a free port of loopback, with a client that speaks its API."""
import signal

import pytest
import serving
from owner import Owner


class Server(serving.Server, Owner):
    """With one owner at a time."""


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

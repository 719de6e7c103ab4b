"""What docs/deploy-spaces.md promises that the log says, provoked: each trouble gives its line, word for word."""
import os
import pathlib
import socket
import subprocess
import sys
import time

import pytest
from deploy_docs import documented, is_printed

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / "hub")]
from mock_hub import MockHub  # noqa: E402


class Space:
    """`video2text serve` as on a Space, but on loopback, with a trouble; all that it prints is in its log."""

    def __init__(self, binary, folder, variables):
        self.log = folder / "log"
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("HF_", "WHISPER_", "V2T_"))}
        settings = {"SPACE_ID": "owner/name", "HOST": "127.0.0.1", "PORT": "0", "DATA_DIR": str(folder / "data"),
                    "HOME": str(folder), "WHISPER_CACHE_DIR": str(folder / "models"), "WHISPER_THREADS": "1",
                    "HF_ENDPOINT": "http://127.0.0.1:9", "BUCKET_DIR": "off", **variables}
        self.process = subprocess.Popen([binary, "serve"], env={**environment, **settings},
                                        stdout=open(self.log, "wb"), stderr=subprocess.STDOUT)

    def says(self, line, seconds=60):
        """Waits until it has printed a line like this one, or has ended without."""
        deadline = time.monotonic() + seconds
        while not is_printed(line, self.log.read_text()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                return is_printed(line, self.log.read_text())
            time.sleep(0.05)
        return True


@pytest.fixture
def space(binary, tmp_path):
    running = []

    def start(**variables):
        running.append(Space(binary, tmp_path, variables))
        return running[-1]

    yield start
    for each in running:
        each.process.terminate()
        each.process.wait(timeout=60)


@pytest.fixture(scope="module")
def hub():
    hub = MockHub()
    hub.add("Systran/faster-whisper-base")
    yield hub
    hub.close()


def test_a_start_is_told(space):
    started = space(WHISPER_THREADS="2")
    for start in ("Video to Text Converter", "warning disk", "info processor", "info page"):
        assert started.says(documented(start))


def test_a_wrong_port_is_told(space):
    assert space(PORT="x").says(documented("PORT="))


def test_a_port_that_is_taken_is_told(space):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert space(PORT=str(other.getsockname()[1])).says(documented("port ..."))


def test_a_page_that_was_not_built_is_told(space, tmp_path):
    assert space(STATIC_DIR=str(tmp_path / "nowhere")).says(documented("warning page"))


def test_a_hub_that_is_out_of_reach_is_told(space):
    assert space().says(documented("warning the model is not ready"))


def test_a_model_that_is_not_there_is_told(space, hub):
    assert space(HF_ENDPOINT=hub.url, WHISPER_MODEL="owner/nothing").says(documented("... no model NAME"))


def test_a_forbidden_download_is_told(space):
    assert space(HF_HUB_OFFLINE="1").says(documented("... HF_HUB_OFFLINE"))


def test_a_first_download_is_told(space, hub):
    started = space(HF_ENDPOINT=hub.url)
    assert started.says(documented("info downloading the model"))
    assert started.says(documented("info model downloaded"))


def test_a_data_folder_that_cannot_be_written_is_told(space, tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert space(DATA_DIR=str(tmp_path / "file" / "data")).says(documented("error data folder"))


def test_a_bucket_that_cannot_be_written_is_told(space, tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert space(BUCKET_DIR=str(tmp_path / "file")).says(documented("warning the bucket"))


def test_an_end_is_told(space):
    started = space()
    assert started.says(documented("Video to Text Converter"))
    started.process.terminate()
    assert started.says(documented("info stopping: "))

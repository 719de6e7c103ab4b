"""Containers of the built image, a hub that has the model, and what is said in them."""
import pathlib
import subprocess

import pytest
from image.container import IMAGE, Container
from mock_hub import MockHub

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REPOSITORY = "Systran/faster-whisper-base"


def model_of_this_machine():
    """The files of the model base, as fetch_weights or the hub brought them."""
    home = pathlib.Path.home() / ".cache/huggingface/hub"
    for folder in [home / "local/base", *home.glob("models--Systran--faster-whisper-base/snapshots/*")]:
        if (folder / "model.bin").exists():
            return {f.name: f.read_bytes() for f in folder.iterdir() if f.suffix in (".bin", ".json", ".txt")}
    raise AssertionError("the model base is not on this machine: run tools/get_model base")


@pytest.fixture(scope="session")
def hub():
    hub = MockHub()
    hub.add(REPOSITORY, model_of_this_machine())
    yield hub
    hub.close()


@pytest.fixture(scope="session")
def volumes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("volumes")
    folder.chmod(0o755)
    return folder


@pytest.fixture
def new_container(hub):
    containers = []

    def make(volumes, limits=None, **environment):
        environment = {"HF_ENDPOINT": hub.url, "WHISPER_THREADS": "1", **environment}
        containers.append(Container(volumes, limits, **environment))
        return containers[-1]

    yield make
    for container in containers:
        container.kill()


@pytest.fixture
def container(new_container, volumes):
    made = new_container(volumes).start()
    made.wait_for_page()
    made.open_session()
    return made


@pytest.fixture(scope="session")
def sample():
    return IMAGE / "app/static/sample.mp4"


@pytest.fixture(scope="session")
def long_speech(tmp_path_factory):
    """Twelve minutes without a repetition: the same sentences over and over would be tried again and again."""
    folder = tmp_path_factory.mktemp("media")
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("CONTRIBUTING.md", "ARCHITECTURE.md"))
    (folder / "text").write_text(text, encoding="ascii", errors="ignore")
    subprocess.run(["flite", "-voice", "slt", "-f", folder / "text", "-o", folder / "long.wav"], check=True)
    return folder / "long.wav"

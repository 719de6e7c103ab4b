"""compose.yaml runs the image as the Dockerfile means it to be run."""
import pathlib
import re

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def service(compose):
    return compose["services"]["video2text"]


def image_variable(name):
    return re.search(rf"\b{name}=(\S+)", DOCKERFILE)[1]


def test_the_port_is_the_images_and_for_this_machine_alone(service):
    assert service["ports"] == [f"127.0.0.1:{image_variable('PORT')}:{image_variable('PORT')}"]
    assert f"EXPOSE {image_variable('PORT')}" in DOCKERFILE


def test_a_volume_for_every_folder_that_is_written(compose, service):
    volumes = dict(reversed(volume.split(":")) for volume in service["volumes"])
    folders = {image_variable(name) for name in ("DATA_DIR", "WHISPER_CACHE_DIR", "HF_HOME")}
    assert volumes.keys() == folders and set(volumes.values()) == compose["volumes"].keys()
    made = re.search(r"install -d -o user -g user (.*?)\n", DOCKERFILE)[1].split()
    assert folders <= set(made)


def test_all_else_is_locked(service):
    assert service["read_only"] is True and service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]


def test_it_has_the_time_to_save_its_jobs(service):
    assert int(service["stop_grace_period"].removesuffix("s")) > 10
    assert "STOPSIGNAL SIGTERM" in DOCKERFILE


def test_it_passes_on_nothing_but_settings(service):
    settings = (ROOT / "backend/config.cpp").read_text(encoding="utf-8")
    for name, value in service["environment"].items():
        assert f'"{name}"' in settings
        assert re.fullmatch(r"\$\{%s:-[a-z0-9]*\}" % name, value), f"{name} can be set from outside, or left alone"

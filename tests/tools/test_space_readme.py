"""README_HF_SPACES.md: settings that the hub and the program know, the same ones in both languages."""
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
_, FRONT_MATTER, TEXT = (ROOT / "README_HF_SPACES.md").read_text(encoding="utf-8").split("---\n", 2)
SOURCE = (ROOT / "backend/config.cpp").read_text(encoding="utf-8")
ENGLISH, RUSSIAN = re.split(r"\n---\n", TEXT)


def settings_of(text):
    return re.findall(r"\n\| `([A-Z0-9_]+)` \| (variable|secret) \|", text)


def is_secret(name):
    return re.search(rf'"{name}",\s*"[^"]*",\s*(true|false)', SOURCE)[1] == "true"


def test_the_front_matter_is_a_docker_space_on_our_port():
    settings = yaml.safe_load(FRONT_MATTER)
    assert (settings["sdk"], settings["app_port"], settings["license"]) == ("docker", 7860, "mit")
    assert f"EXPOSE {settings['app_port']}" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_what_is_preloaded_is_a_whole_model():
    [line] = yaml.safe_load(FRONT_MATTER)["preload_from_hub"]
    repository, files = line.split()
    assert repository in yaml.safe_load(FRONT_MATTER)["models"]
    assert set(files.split(",")) == {"config.json", "model.bin", "tokenizer.json", "vocabulary.txt"}


def test_settings_are_those_of_the_program_and_secrets_are_secret():
    assert len(settings_of(ENGLISH)) >= 10
    for name, kind in settings_of(ENGLISH):
        assert kind == ("secret" if is_secret(name) else "variable"), name


def test_both_languages_have_the_same_settings_and_sections():
    assert settings_of(ENGLISH) == settings_of(RUSSIAN)
    assert len(re.findall("\n## ", ENGLISH)) == len(re.findall("\n## ", RUSSIAN)) == 4

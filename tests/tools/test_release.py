"""The release workflow: its steps call what there is here, and what needs no container engine runs."""
import os
import pathlib
import re
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def steps():
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
    return {step["name"]: step["run"] for step in workflow["jobs"]["image"]["steps"] if "run" in step}


def test_every_step_is_a_script_that_bash_can_read(steps):
    for name, script in steps.items():
        assert subprocess.run(["bash", "-n", "-c", script], capture_output=True).returncode == 0, name


def test_the_first_step_makes_a_folder_that_is_ready_to_be_pushed(steps, tmp_path):
    script = steps["The Space's folder, and what is wrong with it"].replace("-czf video2text-space", "-czf $RUNNER_TEMP/out")
    done = subprocess.run(["bash", "-e", "-c", script], cwd=ROOT, env={**os.environ, "RUNNER_TEMP": str(tmp_path)},
                          capture_output=True, text=True)
    assert done.returncode == 0 and "ready to be pushed" in done.stdout, done.stdout + done.stderr
    [archive] = tmp_path.glob("out*.tar.gz")
    listed = subprocess.run(["tar", "-tzf", archive], capture_output=True, text=True, check=True).stdout.splitlines()
    assert {"space/Dockerfile", "space/README.md", "space/backend/app/main.cpp"} <= set(listed)


def test_it_asks_for_addresses_and_files_that_the_image_has(steps):
    script = "\n".join(steps.values())
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for path in set(re.findall(r"/app/[\w/.]+", script)):
        assert path in dockerfile, path
    assert f"127.0.0.1:{re.search(r'PORT=([0-9]+)', dockerfile)[1]}/readyz" in script

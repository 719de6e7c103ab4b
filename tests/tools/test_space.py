"""`make space` and `make space-check`: the folder of a Hugging Face Space, and what is wrong with one."""
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def make_space(folder):
    return subprocess.run([ROOT / "tools" / "space", str(folder)], capture_output=True, text=True, check=True).stdout


def check(folder):
    done = subprocess.run([sys.executable, ROOT / "tools" / "space_check", str(folder)], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "space"
    make_space(folder)
    return folder


@pytest.fixture
def space(made, tmp_path):
    shutil.copytree(made, tmp_path / "space")
    return tmp_path / "space"


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_it_holds_exactly_the_files_of_the_guide(made):
    assert {f.name for f in made.iterdir()} == {"Dockerfile", ".dockerignore", "README.md", "backend", "frontend"}
    assert (made / "README.md").read_bytes() == (ROOT / "README_HF_SPACES.md").read_bytes()
    assert (made / "backend/app/main.cpp").is_file() and (made / "frontend/src/main.tsx").is_file()
    assert not (made / "frontend/node_modules").exists() and not (made / "frontend/dist").exists()


def test_a_fresh_one_is_ready_to_be_pushed(made):
    assert check(made) == (0, f"{made}: ready to be pushed\n")


def test_it_prints_the_git_commands(tmp_path):
    printed = make_space(tmp_path / "my space")
    assert "git add .\n" in printed and "git push\n" in printed and "my\\ space" in printed


def test_an_update_removes_what_is_gone_and_leaves_the_rest(space):
    (space / "backend/old.cpp").write_text("// of an older version\n")
    (space / ".gitattributes").write_text("*.bin filter=lfs\n")
    make_space(space)
    assert not (space / "backend/old.cpp").exists()
    assert (space / ".gitattributes").exists()
    assert check(space)[0] == 0


def test_it_refuses_the_tree_itself():
    done = subprocess.run([ROOT / "tools" / "space", str(ROOT)], capture_output=True, text=True)
    assert done.returncode == 2 and "this tree itself" in done.stderr


def remove_a_file(space):
    (space / "frontend/vite.config.ts").unlink()
    return "frontend/vite.config.ts: missing"


def remove_what_is_copied(space):
    (space / "backend/openapi.yaml").unlink()
    return "Dockerfile copies backend/openapi.yaml, which is not there"


def serve_on_another_port(space):
    edit(space / "Dockerfile", "PORT=7860", "PORT=8000")
    edit(space / "Dockerfile", "EXPOSE 7860", "EXPOSE 8000")
    return "README.md says app_port 7860, but the Dockerfile serves on 8000"


def expose_another_port(space):
    edit(space / "Dockerfile", "EXPOSE 7860", "EXPOSE 80")
    return "Dockerfile: ENV PORT and EXPOSE must name the same port"


def take_the_projects_readme(space):
    shutil.copy(ROOT / "README.md", space / "README.md")
    return "README.md: no front matter"


def say_another_sdk(space):
    edit(space / "README.md", "sdk: docker", "sdk: gradio")
    return "sdk: docker"


def name_a_color_that_is_none(space):
    edit(space / "README.md", "colorTo: blue", "colorTo: mauve")
    return "colorTo must be one of"


def misspell_a_setting(space):
    edit(space / "README.md", "app_port:", "appport:")
    return "'appport' is no setting of a Space"


def add_a_video(space):
    (space / "frontend/public/sample.mp4").write_bytes(b"\0\0\0 ftypisom")
    return "frontend/public/sample.mp4: a binary file"


def add_weights(space):
    (space / "backend/weights.txt").write_text("0" * (11 << 20))
    return "backend/weights.txt: 11 MiB"


def leave_built_things(space):
    (space / "frontend/node_modules/react").mkdir(parents=True)
    return "frontend/node_modules: does not belong"


def leave_a_token(space):
    (space / "backend/notes.txt").write_text("HF_TOKEN=hf_" + "a" * 34 + "\n")
    return "backend/notes.txt: holds what looks like a token"


@pytest.mark.parametrize("damage", [remove_a_file, remove_what_is_copied, serve_on_another_port, expose_another_port,
                                    take_the_projects_readme, say_another_sdk, name_a_color_that_is_none,
                                    misspell_a_setting, add_a_video, add_weights, leave_built_things, leave_a_token])
def test_the_check_says_what_is_wrong(space, damage):
    expected = damage(space)
    code, output = check(space)
    assert code == 1
    assert expected in output


def test_a_folder_that_is_not_there_is_said(tmp_path):
    code, output = check(tmp_path / "nowhere")
    assert code == 1 and "make space DIR=" in output

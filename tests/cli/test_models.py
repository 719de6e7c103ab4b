"""`video2text models` and `doctor` as their user sees them."""
import os


def test_the_list_shows_what_is_here(run):
    done = run("models", "list")
    assert done.returncode == 0, done.stderr
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert {"tiny", "base", "small", "medium", "large-v3", "large-v3-turbo"} <= set(names)


def test_verify_reads_every_file(run):
    done = run("models", "verify", "base")
    assert done.returncode == 0, done.stderr


def test_doctor_lists_settings_with_their_source(run, tmp_path):
    done = run("doctor", env={**os.environ, "PORT": "7999", "DATA_DIR": str(tmp_path)})
    assert "7999" in done.stdout and "PORT" in done.stdout
    assert str(tmp_path) in done.stdout


def test_doctor_says_what_would_fail(run, tmp_path):
    done = run("doctor", env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "DATA_DIR": "/proc/nowhere"})
    assert done.returncode == 1
    assert "PROBLEM" in done.stdout and "/proc/nowhere" in done.stdout

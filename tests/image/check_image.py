"""The built image: how it starts, what it keeps, how it ends, and what it says when something is wrong."""
import contextlib
import os
import pathlib
import subprocess

from deploy_docs import documented, is_printed
from image.conftest import REPOSITORY
from image.container import IMAGE, URL, Limits, image_config, resident_peak, tell
from spoken import words

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def test_the_image_says_how_it_is_run():
    assert image_config()["User"] == "user" and "7860/tcp" in image_config()["ExposedPorts"]
    assert image_config()["Healthcheck"]["Test"][0] == "CMD"
    environment = dict(pair.split("=", 1) for pair in image_config()["Env"])
    assert environment["WHISPER_CACHE_DIR"] == "/app/models"
    assert environment["HF_HOME"] == "/app/huggingface-cache"
    assert (environment["PORT"], environment["HOST"]) == ("7860", "0.0.0.0")
    for name in ("models", "huggingface-cache", "data"):
        folder = (IMAGE / "app" / name).stat()
        assert (folder.st_uid, folder.st_mode & 0o700) == (1000, 0o700), name


def test_the_page_is_there_within_a_second(new_container, volumes):
    container = new_container(volumes).start()
    seconds = container.wait_for_page()
    head = container.request("HEAD", "/", raw=True)
    tell(f"GET / answered {seconds:.2f} s after the start")
    assert head[0] == 200 and head[2] == b""
    assert seconds < 1


def test_it_runs_as_user_1000_on_a_read_only_root(container):
    status = pathlib.Path(f"/proc/{container.first_process()}/status").read_text()
    assert "Uid:\t1000\t1000\t1000\t1000" in status
    assert "NSpid:" in status and status.split("NSpid:")[1].split("\n")[0].split()[-1] == "1"
    mounts = pathlib.Path(f"/proc/{container.first_process()}/mounts").read_text().splitlines()
    root = [line.split()[3].split(",") for line in mounts if line.split()[1] == "/"]
    assert "ro" in root[-1]


def test_the_health_check_of_the_image_passes(container):
    check = image_config()["Healthcheck"]["Test"][1:]
    done = subprocess.run(["chroot", "--userspec=1000:1000", "--groups=", IMAGE, *container.command(check)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    container.stop()
    assert subprocess.run(["chroot", IMAGE, *container.command(check)], capture_output=True).returncode != 0


def test_a_video_becomes_text_with_a_model_downloaded_at_first_use(new_container, hub, sample, tmp_path):
    tmp_path.chmod(0o755)
    container = new_container(tmp_path).start()
    container.wait_for_page()
    container.open_session()
    job = container.wait_until_done(container.create_job(sample))
    assert job["state"] == "done", job
    text = container.request("GET", f"/api/v1/jobs/{job['id']}/exports/txt", raw=True)[2].decode()
    assert words(text) == words((ROOT / "tools/sample/sample.txt").read_text())
    weights = list((tmp_path / "models" / "models--Systran--faster-whisper-base" / "snapshots").glob("*/model.bin"))
    assert len(weights) == 1
    zombies = [p for p in pathlib.Path("/proc").glob("[0-9]*/stat") if is_zombie_of(p, container.first_process())]
    assert zombies == []

    downloads = hub.count("cdn", "GET", REPOSITORY)
    assert container.stop()[0] == 0
    container.start()
    container.wait_for_page()
    container.wait_until_ready()
    assert hub.count("cdn", "GET", REPOSITORY) == downloads
    again = container.request("GET", f"/api/v1/jobs/{job['id']}/exports/txt", raw=True)[2].decode()
    assert again == text


def is_zombie_of(stat, parent):
    with contextlib.suppress(OSError):
        fields = stat.read_text().rsplit(")", 1)[1].split()
        return fields[0] == "Z" and int(fields[1]) == parent
    return False


def test_sigterm_ends_within_ten_seconds_and_the_job_goes_on(container, long_speech):
    job_id = container.create_job(long_speech)
    before = container.wait_for(job_id, lambda job: job["windows_done"] >= 1)
    code, seconds = container.stop()
    assert before["state"] == "running" and is_printed("info stopping: ", container.log())
    tell(f"SIGTERM with a running job: exit code {code} after {seconds:.2f} s, {before['windows_done']} windows saved")
    assert (code, seconds < 10) == (0, True)
    container.start()
    container.wait_for_page()
    saved = container.request("GET", f"/api/v1/jobs/{job_id}")[2]
    assert saved["state"] in ("queued", "running") and saved["windows_done"] >= before["windows_done"]
    done = container.wait_until_done(job_id)
    assert done["state"] == "done" and done["windows_done"] > before["windows_done"]


def test_a_space_tells_in_its_log_what_it_finds(new_container, volumes):
    container = new_container(volumes, SPACE_ID="owner/name", CPU_CORES="2", WHISPER_THREADS="").start()
    container.wait_for_page()
    container.wait_until_ready()
    log = container.log()
    for part in ("processor: ", "2 threads", "memory: ", "data folder /app/data: writable", "page: built, in /app/",
                 "voice detector: loaded", "media decoder: its process starts and decodes", "model base: ",
                 "disk: lost at every restart of this Space"):
        assert part in log, log
    assert "PROBLEM" not in log and " error " not in log
    server = container.request("GET", "/api/v1/server")[2]
    assert (server["is_ephemeral"], server["media_kept_hours"], server["has_sample"]) == (True, 24, True)


def test_a_hub_that_cannot_be_reached_is_told_with_the_remedy(new_container, tmp_path, sample):
    tmp_path.chmod(0o755)
    container = new_container(tmp_path)
    container.environment["HF_ENDPOINT"] = "http://127.0.0.1:9"
    container.start()
    container.wait_for_page()
    container.open_session()
    job = container.wait_until_done(container.create_job(sample))
    assert job["state"] == "failed" and job["error"]["code"] == "model_unavailable"
    assert "HF_ENDPOINT" in job["error"]["message"]
    assert "the model is not ready" in container.log() and "HF_ENDPOINT" in container.log()


def test_a_browser_opens_it_inside_the_frame_of_another_site(new_container, volumes, sample):
    new_container(volumes, SPACE_ID="owner/name").start().wait_for_page()
    done = subprocess.run(["npx", "vitest", "run", "--config", "vitest.e2e.config.ts", "e2e/framed"],
                          cwd=ROOT / "frontend", env={**os.environ, "V2T_URL": URL, "V2T_SAMPLE": str(sample)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_processor_and_a_gigabyte_are_enough(new_container, tmp_path, sample, hub):
    tmp_path.chmod(0o755)
    limits = Limits("v2t-image-test", memory_bytes=1 << 30, processors=1)
    try:
        container = new_container(tmp_path, limits, WHISPER_THREADS="").start()
        container.wait_for_page()
        container.open_session()
        job = container.wait_until_done(container.create_job(sample))
        assert job["state"] == "done", job
        assert "1 thread" in container.log() and "memory: 1.1 GB" in container.log()
        tell(f"1 processor, 1 GiB: peak of memory with the disk's cache {limits.peak_memory() >> 20} MiB; "
             f"of the program alone {resident_peak(container.first_process()) >> 10} MiB")
        container.stop()
    finally:
        limits.remove()


def test_a_model_that_does_not_fit_into_memory_is_told(new_container, tmp_path, sample):
    tmp_path.chmod(0o755)
    limits = Limits("v2t-image-test-small", memory_bytes=330 << 20)
    try:
        container = new_container(tmp_path, limits).start()
        container.wait_for_page()
        container.open_session()
        job = container.wait_until_done(container.create_job(sample))
        assert job["state"] == "failed" and job["error"]["code"] == "model_unavailable", job
        assert_printed("the model NAME needs about", container)
        assert_printed("warning memory", container)
        container.stop()
    finally:
        limits.remove()


def test_a_disk_that_is_too_small_for_a_model_is_told(new_container, tmp_path, sample):
    tmp_path.chmod(0o755)
    container = new_container(tmp_path)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,uid=1000", "tmpfs", tmp_path / "models"], check=True)
    container.start()
    container.wait_for_page()
    container.open_session()
    job = container.wait_until_done(container.create_job(sample))
    assert job["state"] == "failed" and job["error"]["code"] == "disk_full", job
    assert_printed("... needed", container)


def assert_printed(start, container):
    """The log has the line of the table of troubles that begins like this."""
    line = documented(start)
    assert is_printed(line, container.log()), f"no '{line}' in\n{container.log()}"


def test_with_a_bucket_models_and_texts_outlive_the_disk(new_container, hub, tmp_path, sample):
    (IMAGE / "data").mkdir(exist_ok=True)
    for name in ("first", "second"):
        (tmp_path / name / "bucket").mkdir(parents=True)
        for folder in (tmp_path, tmp_path / name):
            folder.chmod(0o755)
        os.chown(tmp_path / name / "bucket", 1000, 1000)
    first = new_container(tmp_path / "first", SPACE_ID="owner/name").start()
    first.wait_for_page()
    first.open_session()
    job = first.wait_until_done(first.create_job(sample))
    assert job["state"] == "done", job
    text = first.request("GET", f"/api/v1/jobs/{job['id']}/exports/txt", raw=True)[2]
    assert first.request("GET", "/api/v1/server")[2]["is_ephemeral"] is False
    assert first.stop()[0] == 0
    assert not list((tmp_path / "first" / "bucket").rglob("*-wal"))

    os.rename(tmp_path / "first" / "bucket", tmp_path / "kept")  # the bucket is all that is left
    os.rmdir(tmp_path / "second" / "bucket")
    os.rename(tmp_path / "kept", tmp_path / "second" / "bucket")
    downloads = hub.count("cdn", "GET", REPOSITORY)
    second = new_container(tmp_path / "second", SPACE_ID="owner/name").start()
    second.wait_for_page()
    second.wait_until_ready()
    second.token = first.token
    assert second.request("GET", f"/api/v1/jobs/{job['id']}/exports/txt", raw=True)[2] == text
    assert hub.count("cdn", "GET", REPOSITORY) == downloads

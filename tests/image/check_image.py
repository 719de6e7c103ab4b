"""The built image, run as a Space or a container engine runs it: user 1000, read-only root, process 1 of its own process
namespace, limits of memory and processor time by control groups; in a network that has nothing but loopback.

Started by tools/image_test, which unpacks the image at V2T_IMAGE_ROOT and puts this whole program into that network.
"""
import base64
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "hub")]
from deploy_docs import documented, is_printed  # noqa: E402
from mock_hub import MockHub  # noqa: E402
from spoken import words  # noqa: E402

IMAGE = pathlib.Path(os.environ["V2T_IMAGE_ROOT"])
CONFIG = json.loads(pathlib.Path(os.environ["V2T_IMAGE_JSON"]).read_text())["Docker"]["config"]
PORT = 7860
URL = f"http://127.0.0.1:{PORT}"
REPOSITORY = "Systran/faster-whisper-base"
GROUPS = pathlib.Path("/sys/fs/cgroup")


def model_of_this_machine():
    """The files of the model base, as fetch_weights or the hub brought them."""
    home = pathlib.Path.home() / ".cache/huggingface/hub"
    for folder in [home / "local/base", *home.glob("models--Systran--faster-whisper-base/snapshots/*")]:
        if (folder / "model.bin").exists():
            return {f.name: f.read_bytes() for f in folder.iterdir() if f.suffix in (".bin", ".json", ".txt")}
    raise AssertionError("the model base is not on this machine: run tools/get_model base")


class Limits:
    """A control group (version 1) for memory and one for processor time."""

    def __init__(self, name, memory_bytes=None, processors=None):
        self.folders = []
        if memory_bytes:
            self.make("memory", name, {"memory.limit_in_bytes": memory_bytes})
        if processors:
            self.make("cpu", name, {"cpu.cfs_period_us": 100_000, "cpu.cfs_quota_us": int(processors * 100_000)})

    def make(self, controller, name, values):
        folder = GROUPS / controller / name
        folder.mkdir(exist_ok=True)
        for file, value in values.items():
            (folder / file).write_text(str(value))
        self.folders.append(folder)

    def enter(self, pid):
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def peak_memory(self):
        return int((GROUPS / "memory" / self.folders[0].name / "memory.max_usage_in_bytes").read_text())

    def remove(self):
        for folder in self.folders:
            with contextlib.suppress(OSError):
                folder.rmdir()


START = r"""
set -e
root=$1; volumes=$2; shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
for name in data models huggingface-cache; do mount --bind "$volumes/$name" "$root/app/$name"; done
[ ! -d "$volumes/bucket" ] || mount --bind "$volumes/bucket" "$root/data"
exec chroot --userspec=1000:1000 --groups= "$root" "$@"
"""


class Container:
    """`docker run --read-only --tmpfs /tmp` with volumes for data, models and huggingface-cache."""

    def __init__(self, volumes, limits=None, **environment):
        self.volumes, self.limits, self.environment, self.process = volumes, limits, environment, None
        self.token = ""
        for name in ("data", "models", "huggingface-cache"):
            (volumes / name).mkdir(exist_ok=True)
            os.chown(volumes / name, 1000, 1000)

    def command(self, arguments):
        variables = {**dict(pair.split("=", 1) for pair in CONFIG["Env"]), **self.environment}
        return ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in variables.items()), *arguments]

    def start(self):
        log = open(self.volumes / "log", "ab")
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "sh", "-c", START, "sh", IMAGE, self.volumes,
             *self.command(CONFIG["Cmd"])], stdout=log, stderr=log, preexec_fn=self.enter_limits)
        self.begin = time.monotonic()
        return self

    def enter_limits(self):
        if self.limits:
            self.limits.enter(os.getpid())

    def wait_for_page(self):
        """Seconds from the start to the first page; the mounts are part of it."""
        while True:
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(URL + "/", timeout=5) as reply:
                    assert reply.status == 200 and b"<div id=\"root\">" in reply.read()
                    return time.monotonic() - self.begin
            assert self.process.poll() is None and time.monotonic() - self.begin < 30, self.log()
            time.sleep(0.01)

    def wait_until_ready(self, seconds=300):
        deadline = time.monotonic() + seconds
        while self.request("GET", "/readyz")[0] != 200:
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def log(self):
        return (self.volumes / "log").read_text()

    def first_process(self):
        """The pid, as seen from here, of process 1 inside."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])

    def stop(self):
        """SIGTERM to process 1, as engines do: its exit code, and the seconds it took."""
        begin = time.monotonic()
        os.kill(self.first_process(), signal.SIGTERM)
        code = self.process.wait(timeout=30)
        return code, time.monotonic() - begin

    def kill(self):
        if self.process and self.process.poll() is None:
            os.kill(self.first_process(), signal.SIGKILL)
            self.process.wait(timeout=30)

    def request(self, method, path, body=None, headers=None, raw=False):
        headers = {"X-V2T-Session": self.token, **(headers or {})}
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(URL + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                content = reply.read()
                return reply.status, reply.headers, content if raw else json.loads(content or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def open_session(self):
        self.token = self.request("POST", "/api/v1/session", b"")[2]["token"]

    def create_job(self, content, name):
        tus = {"Tus-Resumable": "1.0.0"}
        _, headers, _ = self.request("POST", "/api/v1/uploads", b"", {
            **tus, "Upload-Length": str(len(content)),
            "Upload-Metadata": "filename " + base64.b64encode(name.encode()).decode()})
        place = headers["Location"][headers["Location"].index("/api/"):]
        assert self.request("PATCH", place, content, {
            **tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})[0] == 204
        status, _, job = self.request("POST", "/api/v1/jobs", {"upload": place.rsplit("/", 1)[1]})
        assert status == 201, job
        return job["id"]

    def wait_for_job(self, job_id, condition=lambda job: job["state"] in ("done", "failed"), seconds=900):
        deadline = time.monotonic() + seconds
        while True:
            job = self.request("GET", f"/api/v1/jobs/{job_id}")[2]
            if condition(job):
                return job
            assert time.monotonic() < deadline and self.process.poll() is None, f"{job}\n{self.log()}"
            time.sleep(0.1)


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
    return (IMAGE / "app/static/sample.mp4").read_bytes()


@pytest.fixture(scope="session")
def long_video(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    (folder / "sample.mp4").write_bytes(sample)
    subprocess.run(["ffmpeg", "-v", "error", "-stream_loop", "39", "-i", folder / "sample.mp4", "-c", "copy",
                    folder / "long.mp4"], check=True)
    return (folder / "long.mp4").read_bytes()


def tell(text):
    with open(1, "w", closefd=False) as out:
        out.write(f"\n    measured: {text}\n")


def test_the_image_says_how_it_is_run():
    assert CONFIG["User"] == "user" and "7860/tcp" in CONFIG["ExposedPorts"]
    assert CONFIG["Healthcheck"]["Test"][0] == "CMD"
    environment = dict(pair.split("=", 1) for pair in CONFIG["Env"])
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
    check = CONFIG["Healthcheck"]["Test"][1:]
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
    job = container.wait_for_job(container.create_job(sample, "sample.mp4"))
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


def test_sigterm_ends_within_ten_seconds_and_the_job_goes_on(container, long_video):
    job_id = container.create_job(long_video, "long.mp4")
    before = container.wait_for_job(job_id, lambda job: job["windows_done"] >= 1)
    code, seconds = container.stop()
    assert before["state"] == "running" and is_printed("info stopping: ", container.log())
    tell(f"SIGTERM with a running job: exit code {code} after {seconds:.2f} s, {before['windows_done']} windows saved")
    assert (code, seconds < 10) == (0, True)
    container.start()
    container.wait_for_page()
    saved = container.request("GET", f"/api/v1/jobs/{job_id}")[2]
    assert saved["state"] in ("queued", "running") and saved["windows_done"] >= before["windows_done"]
    done = container.wait_for_job(job_id)
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
    job = container.wait_for_job(container.create_job(sample, "sample.mp4"))
    assert job["state"] == "failed" and job["error"]["code"] == "model_unavailable"
    assert "HF_ENDPOINT" in job["error"]["message"]
    assert "the model is not ready" in container.log() and "HF_ENDPOINT" in container.log()


def test_a_browser_opens_it_inside_the_frame_of_another_site(new_container, volumes, sample, tmp_path):
    (tmp_path / "sample.mp4").write_bytes(sample)
    new_container(volumes, SPACE_ID="owner/name").start().wait_for_page()
    done = subprocess.run(["npx", "vitest", "run", "--config", "vitest.e2e.config.ts", "e2e/framed"],
                          cwd=ROOT / "frontend", env={**os.environ, "V2T_URL": URL, "V2T_SAMPLE": str(tmp_path / "sample.mp4")}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_processor_and_a_gigabyte_are_enough(new_container, tmp_path, sample, hub):
    tmp_path.chmod(0o755)
    limits = Limits("v2t-image-test", memory_bytes=1 << 30, processors=1)
    try:
        container = new_container(tmp_path, limits, WHISPER_THREADS="").start()
        container.wait_for_page()
        container.open_session()
        job = container.wait_for_job(container.create_job(sample, "sample.mp4"))
        assert job["state"] == "done", job
        assert "1 thread" in container.log() and "memory: 1.1 GB" in container.log()
        tell(f"1 processor, 1 GiB: peak of memory with the disk's cache {limits.peak_memory() >> 20} MiB; "
             f"of the program alone {resident_peak(container.first_process()) >> 10} MiB")
        container.stop()
    finally:
        limits.remove()


def resident_peak(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def test_a_model_that_does_not_fit_into_memory_is_told(new_container, tmp_path, sample):
    tmp_path.chmod(0o755)
    limits = Limits("v2t-image-test-small", memory_bytes=250 << 20)
    try:
        container = new_container(tmp_path, limits).start()
        container.wait_for_page()
        container.open_session()
        job = container.wait_for_job(container.create_job(sample, "sample.mp4"))
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
    job = container.wait_for_job(container.create_job(sample, "sample.mp4"))
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
    job = first.wait_for_job(first.create_job(sample, "sample.mp4"))
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

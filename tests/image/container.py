"""The built image, run as a Space or a container engine runs it: user 1000, read-only root, process 1 of its own process
namespace, limits of memory and processor time by control groups; in a network that has nothing but loopback.

Used by what tools/image_test starts: it unpacks the image at V2T_IMAGE_ROOT, and puts the whole test into that network.
"""
import contextlib
import functools
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.request

from owner import Owner

IMAGE = pathlib.Path(os.environ.get("V2T_IMAGE_ROOT", "/nowhere"))
PORT = 7860
URL = f"http://127.0.0.1:{PORT}"
GROUPS = pathlib.Path("/sys/fs/cgroup")


@functools.lru_cache
def image_config():
    """What the Dockerfile says of running it."""
    return json.loads(pathlib.Path(os.environ["V2T_IMAGE_JSON"]).read_text())["Docker"]["config"]


class Limits:
    """A control group (version 1) for memory and one for processor time."""

    def __init__(self, name, memory_bytes=None, processors=None):
        self.folders = []
        if memory_bytes:
            self.make("memory", name, {"memory.limit_in_bytes": memory_bytes})
        if processors:
            self.make("cpu", name, {"cpu.cfs_period_us": 100_000, "cpu.cfs_quota_us": int(processors * 100_000),
                                    "cpu.shares": 1 << 18})  # what the quota allows, whatever else runs here

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


class Container(Owner):
    """`docker run --read-only --tmpfs /tmp` with volumes for data, models and huggingface-cache."""

    url = URL

    def __init__(self, volumes, limits=None, **environment):
        self.volumes, self.limits, self.environment, self.process = volumes, limits, environment, None
        for name in ("data", "models", "huggingface-cache"):
            (volumes / name).mkdir(exist_ok=True)
            os.chown(volumes / name, 1000, 1000)

    def command(self, arguments):
        variables = {**dict(pair.split("=", 1) for pair in image_config()["Env"]), **self.environment}
        return ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in variables.items()), *arguments]

    def start(self):
        log = open(self.volumes / "log", "ab")
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "sh", "-c", START, "sh", IMAGE, self.volumes,
             *self.command(image_config()["Cmd"])], stdout=log, stderr=log, preexec_fn=self.enter_limits)
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
        while self.request("GET", "/readyz", raw=True)[0] != 200:
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


def resident_peak(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def tell(text):
    with open(1, "w", closefd=False) as out:
        out.write(f"\n    measured: {text}\n")

"""Runs of the engines, each a process of its own, with its seconds and its peak memory."""
import json
import os
import pathlib
import shlex
import subprocess
import sys

ENGINES = pathlib.Path(__file__).resolve().parent / "engines.py"
WATCHER = """import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
seconds, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([seconds, peak, done.returncode, done.stderr.decode(errors="replace")[-2000:]]))"""


def prefix():
    """What every measured command begins with."""
    return shlex.split(os.environ.get("V2T_TIMED", ""))


def timed(command):
    """Seconds and peak megabytes of the command; ends this program when it fails."""
    # ru_maxrss is that of the largest child so far: so each command has a parent of its own.
    command = [str(part) for part in command]
    done = subprocess.run([*prefix(), sys.executable, "-c", WATCHER, *command], capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout:
        sys.exit(f"{shlex.join(command)} could not be measured: {done.stderr}")
    seconds, peak_mb, code, errors = json.loads(done.stdout)
    if code != 0:
        sys.exit(f"{shlex.join(command)} failed:\n{errors}")
    return seconds, peak_mb


class Run:
    """seconds: without imports and loading, of ours the whole process; whole: of the process."""

    def __init__(self, seconds, whole, peak_mb, text):
        self.seconds, self.whole, self.peak_mb, self.text = seconds, whole, peak_mb, text


def run_ours(program, model, audio, folder):
    out = folder / "ours"
    seconds, peak_mb = timed([program, "transcribe", audio, "--model", model, "--language", "en", "-f", "txt,srt", "-q",
                              "-o", out])
    return Run(seconds, seconds, peak_mb, (out / (audio.stem + ".txt")).read_text(encoding="utf-8"))


def run_peer(engine, model, audio, folder):
    results, whole, peak_mb = run_peer_on_files(engine, model, [audio], folder)
    return Run(results[0]["seconds"], whole, peak_mb, results[0]["text"])


def run_peer_on_files(engine, model, files, folder):
    """[{seconds, text}] of the files, one after another; seconds and peak megabytes of the whole process."""
    out = folder / "peer.json"
    whole, peak_mb = timed([sys.executable, ENGINES, engine, model, out, *files])
    return json.loads(out.read_text(encoding="utf-8")), whole, peak_mb

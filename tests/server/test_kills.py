"""Whatever dies, and whenever: every job ends, and its text is byte for byte that of a run without a scratch."""
import os
import random
import signal
import time

import pytest

# A handful on every run; `make test-kills` asks for a hundred.
KILLS = int(os.environ.get("V2T_KILLS", "6"))


@pytest.fixture(scope="module")
def speech_of_minutes(retold):
    """Long enough for some kills of both kinds; a job that ends before the last one is made once more."""
    return retold(4 + KILLS // 12)


def decode_children(server):
    children = []
    for folder in os.scandir("/proc"):
        if not folder.name.isdigit():
            continue
        try:
            with open(f"/proc/{folder.name}/stat", encoding="utf-8") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{folder.name}/cmdline", "rb") as command:
                is_decoder = b"decode-child" in command.read()
        except (OSError, IndexError):
            continue  # it has ended
        if parent == server.process.pid and is_decoder:
            children.append(int(folder.name))
    return children


def kill_something(server, dice):
    """The server itself, or the process that decodes media for it."""
    children = decode_children(server)
    if children and dice.random() < 0.4:
        os.kill(dice.choice(children), signal.SIGKILL)
        return "decoder"
    server.stop(signal.SIGKILL)
    server.start()
    return "server"


def test_killed_at_random_moments_the_text_is_the_same(server, undisturbed, speech_of_minutes):
    seed = int(os.environ.get("V2T_SEED", random.randrange(2**32)))
    print("V2T_SEED =", seed)
    dice = random.Random(seed)
    expected = undisturbed(speech_of_minutes)
    upload = server.upload(speech_of_minutes)
    job_id = server.request("POST", "/api/v1/jobs", {"upload": upload})[2]["id"]
    killed = {"server": 0, "decoder": 0}
    ended = 0
    while sum(killed.values()) < KILLS:
        job = server.request("GET", f"/api/v1/jobs/{job_id}")[2]
        if job["state"] == "done":  # faster than the kills: once more from the start
            assert server.transcript(job_id) == expected
            ended += 1
            job_id = server.request("POST", "/api/v1/jobs", {"upload": upload})[2]["id"]
        assert job["state"] != "failed", job
        # Three deaths in a row without a saved window would set the job aside, as a file that kills: wait for one.
        windows = job["windows_done"]
        server.wait_for(job_id, lambda job: job["windows_done"] > windows or job["state"] not in ("queued", "running"))
        time.sleep(dice.uniform(0, 0.5))
        killed[kill_something(server, dice)] += 1
    job = server.wait_until_done(job_id)
    assert job["state"] == "done", job
    assert server.transcript(job_id) == expected
    print(f"{killed}, {ended} jobs ended in between, {job['attempts']} attempts at the last")


def test_a_file_that_kills_the_server_three_times_blocks_nobody(server, sample, speech_of_minutes):
    poison = server.create_job(speech_of_minutes)
    deaths, windows = 0, 0
    while deaths < 3:  # in a row, before a window is saved
        server.wait_for(poison, lambda job: job["state"] == "running")
        server.stop(signal.SIGKILL)
        server.start()
        job = server.request("GET", f"/api/v1/jobs/{poison}")[2]
        deaths = deaths + 1 if job["windows_done"] == windows else 0
        windows = job["windows_done"]
    good = server.create_job(sample)
    assert server.wait_until_done(good)["state"] == "done"
    job = server.wait_until_done(poison)
    assert job["state"] == "failed" and job["error"]["code"] == "decoder_failed", job

"""A video becomes text through the API, and nothing is lost when the server dies in the middle."""
import signal

import pytest
from spoken import words


@pytest.fixture(scope="session")
def long_video(retold):
    """Five minutes."""
    return retold(4)


def test_a_video_becomes_text_and_subtitles(server, sample, sample_text):
    job = server.wait_until_done(server.create_job(sample))
    assert job["state"] == "done", job
    assert job["language"] == "en"
    text = server.request("GET", f"/api/v1/jobs/{job['id']}/exports/txt", raw=True)[2].decode()
    assert words(text) == words(sample_text)
    subtitles = server.request("GET", f"/api/v1/jobs/{job['id']}/exports/srt", raw=True)[2].decode()
    assert subtitles.startswith("1\n00:00:0")
    coverage = job["coverage"]
    assert 0.9 * coverage["speech_ms"] < coverage["covered_ms"] <= coverage["speech_ms"] and coverage["unintelligible_ms"] == 0
    assert server.request("GET", f"/api/v1/jobs/{job['id']}/exports/json")[2]["coverage"] == coverage


def test_a_bad_file_fails_its_job_alone(server, sample, tmp_path):
    (tmp_path / "words.mp4").write_text("This is not a film. " * 100)
    bad, good = server.create_job(tmp_path / "words.mp4"), server.create_job(sample)
    job = server.wait_until_done(bad)
    assert job["state"] == "failed"
    assert job["error"]["code"] == "not_media"
    assert "words.mp4" in job["error"]["message"]
    assert server.wait_until_done(good)["state"] == "done"


def test_after_kill_9_the_job_goes_on_and_its_text_is_the_same(server, undisturbed, long_video):
    job_id = server.create_job(long_video)
    for windows in (1, 4, 9):
        server.wait_for(job_id, lambda job: job["windows_done"] >= windows or job["state"] == "done")
        server.stop(signal.SIGKILL)
        server.start()
    job = server.wait_until_done(job_id)
    assert job["state"] == "done", job
    assert server.transcript(job_id) == undisturbed(long_video)


def test_sigterm_ends_within_ten_seconds_and_the_job_goes_on(server, long_video):
    job_id = server.create_job(long_video)
    server.wait_for(job_id, lambda job: job["windows_done"] >= 1)
    server.process.terminate()
    assert server.process.wait(timeout=10) == 0
    server.start()
    assert server.wait_until_done(job_id)["state"] == "done"


def test_nobody_reads_anothers_job(server, sample):
    job_id = server.create_job(sample)
    server.open_session()
    foreign = server.request("GET", f"/api/v1/jobs/{job_id}")
    unknown = server.request("GET", f"/api/v1/jobs/{'a' * 26}")
    assert foreign[0] == unknown[0] == 404
    assert foreign[2]["error"]["code"] == unknown[2]["error"]["code"] == "not_found"


def test_cancel_and_delete_leave_nothing(server, long_video):
    job_id = server.create_job(long_video)
    server.wait_for(job_id, lambda job: job["windows_done"] >= 1)
    assert server.request("POST", f"/api/v1/jobs/{job_id}/cancel")[2]["state"] == "cancelled"
    assert server.request("DELETE", f"/api/v1/jobs/{job_id}", raw=True)[0] == 204
    assert server.request("GET", f"/api/v1/jobs/{job_id}")[0] == 404
    media = [f for f in (server.folder / "data" / "media").rglob("*") if f.is_file()]
    assert media == []

"""A clip does not wait for films: not for those that run, not for those that wait, not for its own owner's."""
import subprocess
import time

import pytest
from spoken import words


@pytest.fixture(scope="session")
def film(retold):
    """Three hours."""
    return retold(137)


@pytest.fixture(scope="session")
def clip(sample, tmp_path_factory):
    """The first five seconds."""
    video = tmp_path_factory.mktemp("media") / "clip.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", sample, "-t", "5", "-c", "copy", video], check=True)
    return video


@pytest.mark.parametrize(("whose", "n_films"), [("own", 1), ("foreign", 5)])
def test_a_clip_is_done_while_films_are_not(server, film, clip, sample_text, n_films, whose):
    films = [server.create_job(film) for _ in range(n_films)]
    films_owner = server.token
    server.wait_for(films[0], lambda job: job["windows_done"] >= 1)
    if whose == "foreign":
        server.open_session()
    begin = time.monotonic()
    job = server.wait_until_done(server.create_job(clip), seconds=120)
    print(f"clip behind {n_films} {whose} films: done after {time.monotonic() - begin:.1f} s")
    assert job["state"] == "done", job
    text = server.request("GET", f"/api/v1/jobs/{job['id']}/exports/txt", raw=True)[2].decode()
    assert words(text)[:5] == words(sample_text)[:5]
    server.token = films_owner
    for film_id in films:
        state = server.request("GET", f"/api/v1/jobs/{film_id}")[2]
        assert state["state"] in ("queued", "running"), state
        server.request("POST", f"/api/v1/jobs/{film_id}/cancel")

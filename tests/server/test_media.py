"""Whatever people bring: each kind of tools/make_test_media becomes its words at their times, or fails with the error that says why."""
import difflib
import json
import pathlib
import runpy
import subprocess
import sys

import pytest
from server.conftest import Server
from spoken import words

TOOL = pathlib.Path(__file__).resolve().parent.parent.parent / "tools" / "make_test_media"
KINDS = list(runpy.run_path(str(TOOL))["KINDS"])
# Of the words that are said; the model base understands this Russian voice badly.
LEAST_HEARD = {"bit-errors.mp4": 0.7, "truncated-moov-first.mp4": 0.4, "Совещание №1 (запись).mp4": 0}


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    subprocess.run([sys.executable, TOOL, folder, *KINDS], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def jobs(binary, media, tmp_path_factory):
    """A server, and the job of each kind."""
    server = Server(binary, tmp_path_factory.mktemp("server")).start().open_session()
    yield server, {kind: server.create_job(media / kind) for kind in KINDS}
    server.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_its_words_or_its_error(jobs, media, kind):
    server, ids = jobs
    expected = json.loads((media / f"{kind}.json").read_text(encoding="utf-8"))
    job = server.wait_until_done(ids[kind])
    if expected["error"]:
        assert (job["state"], job["error"]["code"]) == ("failed", expected["error"])
        return
    assert job["state"] == "done", job
    assert job["language"] == expected["language"]
    assert job["warnings"] or not expected["warning"]
    segments = server.request("GET", f"/api/v1/jobs/{ids[kind]}/transcript")[2]["segments"]
    said, heard = words(expected["text"]), words(" ".join(segment["text"] for segment in segments))
    if not said:
        assert heard == []
        return
    blocks = difflib.SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks()
    least = LEAST_HEARD.get(kind, 0.9)
    assert sum(block.size for block in blocks) >= least * len(said), heard
    if least > 0:
        late = segments[0]["words"][0]["start_ms"] / 1000 - expected["segments"][0]["start"]
        assert -0.2 <= late <= 0.5

"""A transcript is edited, searched and deleted, all of it, through the API of the real server."""
import json
import signal

import pytest


@pytest.fixture
def done(server, sample):
    job = server.wait_until_done(server.create_job(sample))
    assert job["state"] == "done", job
    return job


def patch(server, job, changes, if_match="*"):
    headers = {"If-Match": if_match, "Content-Type": "application/json"}
    body = json.dumps({"changes": changes}).encode()
    return server.request("PATCH", f"/api/v1/jobs/{job['id']}/transcript", body, headers)


def transcript(server, job, query=""):
    return server.request("GET", f"/api/v1/jobs/{job['id']}/transcript{query}")[2]


def search(server, query):
    return server.request("GET", f"/api/v1/search?q={query}")[2]


def test_an_edit_keeps_the_times_of_other_words_and_can_be_taken_back(server, done):
    before = transcript(server, done)
    segment = before["segments"][0]
    words = segment["text"].split()
    words[0] = "Plugh"
    status, headers, edited = patch(server, done, [{"segment": segment["id"], "text": " ".join(words)}], '"v0"')
    assert status == 200 and headers["ETag"] == '"v1"'
    after = edited["segments"][0]
    assert after["edited"] and after["text"] == " ".join(words)
    assert after["words"][0]["checked"] and after["words"][0]["start_ms"] == segment["words"][0]["start_ms"]
    assert after["words"][1:] == segment["words"][1:]
    assert patch(server, done, [{"segment": segment["id"], "text": "late"}], '"v0"')[0] == 412
    assert "Plugh" in server.request("GET", f"/api/v1/jobs/{done['id']}/exports/srt", raw=True)[2].decode()
    assert server.request("POST", f"/api/v1/jobs/{done['id']}/versions/0/restore", b"", {"If-Match": '"v1"'})[0] == 200
    assert transcript(server, done)["segments"] == before["segments"]
    assert transcript(server, done, "?version=1")["segments"][0] == after
    kinds = [v["kind"] for v in server.request("GET", f"/api/v1/jobs/{done['id']}/versions")[2]["versions"]]
    assert kinds == ["restore", "edit", "recognised"]


def test_segments_are_split_merged_deleted_and_come_back(server, done):
    first = transcript(server, done)["segments"][0]
    words = first["words"]
    half = len(words) // 2
    bare = [{k: w[k] for k in ("text", "start_ms", "end_ms", "checked", "probability")} for w in words]
    split = [{"segment": first["id"], "words": bare[:half]},
             {"insert": {"start_ms": words[half]["start_ms"], "end_ms": first["end_ms"], "words": bare[half:],
                         "text": "".join(w["text"] for w in words[half:]).strip()}}]
    status, _, edited = patch(server, done, split)
    assert status == 200, edited
    one, two = edited["segments"]
    merge = [{"segment": one["id"], "words": bare}, {"segment": two["id"], "delete": True}]
    status, _, edited = patch(server, done, merge)
    assert status == 200 and edited["removed"] == [two["id"]]
    assert edited["segments"][0]["text"] == first["text"]
    assert patch(server, done, [{"segment": two["id"], "text": "x"}])[0] == 409
    assert patch(server, done, [{"segment": one["id"], "delete": True}])[0] == 200
    back = {"insert": {"id": one["id"], "start_ms": one["start_ms"], "end_ms": one["end_ms"], "text": "back"}}
    assert patch(server, done, [back])[2]["segments"][0]["id"] == one["id"]


def test_what_was_said_and_written_is_found_where_it_is(server, done):
    segment = transcript(server, done)["segments"][0]
    word = max(segment["words"], key=lambda w: len(w["text"]))
    found = search(server, word["text"].strip().strip(".,").upper())
    assert found["total"] >= 1
    hit = next(h for h in found["hits"] if h["segment"] == segment["id"])
    assert hit["job"] == done["id"] and "".join(part["text"] for part in hit["parts"]) == segment["text"]
    assert any(part["match"] for part in hit["parts"])
    patch(server, done, [{"segment": segment["id"], "text": "Съешь ещё этих мягких булок"}])
    assert search(server, "%D0%95%D0%A9%D0%95")["hits"][0]["segment"] == segment["id"]  # ЕЩЕ
    assert search(server, "%D1%89%D1%91")["total"] == 1  # щё: two characters
    server.open_session()
    assert search(server, "%D0%95%D0%A9%D0%95")["total"] == 0


def test_the_waveform_covers_the_sound(server, done):
    peaks = server.request("GET", f"/api/v1/jobs/{done['id']}/peaks")[2]
    assert peaks["is_complete"]
    assert abs(len(peaks["peaks"]) * peaks["peak_ms"] - done["duration_ms"]) <= peaks["peak_ms"]
    assert max(peaks["peaks"]) > 20


def test_edits_outlive_kill_9(server, done):
    segment = transcript(server, done)["segments"][0]
    assert patch(server, done, [{"segment": segment["id"], "text": "This was written."}])[0] == 200
    server.stop(signal.SIGKILL)
    server.start()
    assert transcript(server, done)["segments"][0]["text"] == "This was written."
    assert search(server, "written")["total"] == 1


def test_a_deleted_job_leaves_no_trace_on_the_disk(server, done):
    segment = transcript(server, done)["segments"][0]
    said = max(segment["words"], key=lambda w: len(w["text"]))["text"].strip()
    assert patch(server, done, [{"segment": segment["id"], "text": "xyzzyplugh"}])[0] == 200
    data = server.folder / "data"

    def holds(text):
        return any(text.encode() in f.read_bytes() for f in data.rglob("*") if f.is_file())

    assert holds("xyzzyplugh") and holds(said)
    assert server.request("DELETE", f"/api/v1/jobs/{done['id']}", raw=True)[0] == 204
    assert not holds("xyzzyplugh") and not holds(said)
    assert search(server, "xyzzyplugh")["total"] == 0
    assert not [f for f in (data / "media").rglob("*") if f.is_file()]
    server.stop()
    assert not holds("xyzzyplugh") and not holds(said)


def test_a_job_is_made_again_with_other_settings_and_both_stay(server, done):
    again = server.request("POST", "/api/v1/jobs", {"upload": done["upload"]["id"], "source": done["id"],
                                                   "settings": {"language": "en"}})[2]
    assert again["source"] == done["id"]
    assert again["duration_ms"] == done["duration_ms"]
    assert server.wait_until_done(again["id"])["state"] == "done"
    assert transcript(server, done)["segments"]
    storage = server.request("GET", "/api/v1/storage")[2]
    assert storage["jobs"] == 2 and storage["media_bytes"] > 0 and storage["text_bytes"] > 0

"""Behind a reverse proxy that cuts silent requests and large bodies, nothing is lost; its headers count when it is trusted."""
import contextlib
import hashlib
import http.client
import json
import os
import time

import pytest
from proxy.conftest import Client
from waiting import wait_until

MIB = 1 << 20
UPLOAD_BYTES = int(os.environ.get("V2T_UPLOAD_BYTES", 40 * MIB))  # make upload-test: 3 GB


def piece_at(offset, size):
    """A piece of a file that is different everywhere."""
    block = hashlib.sha256(str(offset).encode()).digest()
    return (block * (size // len(block) + 1))[:size]


def test_a_large_file_arrives_whole_in_pieces(behind):
    server, client = behind(body="8m")
    wait_until(lambda: client.ask("GET", "/readyz")[0] == 200, seconds=300)
    peak_before = server.peak_memory_kib()
    place, digest, offset, begin = client.announce(UPLOAD_BYTES), hashlib.sha256(), 0, time.monotonic()
    while offset < UPLOAD_BYTES:
        piece = piece_at(offset, min(8 * MIB, UPLOAD_BYTES - offset))
        digest.update(piece)
        assert client.send(place, offset, piece) == 204
        offset += len(piece)
    assert client.offset(place) == UPLOAD_BYTES
    seconds = time.monotonic() - begin
    blob = max((server.folder / "data/media").rglob("*"), key=lambda f: f.stat().st_size)
    with open(blob, "rb") as stored:
        assert hashlib.file_digest(stored, "sha256").hexdigest() == digest.hexdigest()
    blob.unlink()
    growth = server.peak_memory_kib() - peak_before
    print(f"\n    measured: {UPLOAD_BYTES} bytes in {seconds:.1f} s ({UPLOAD_BYTES / seconds / 1e6:.0f} MB/s); peak of the "
          f"server's memory {peak_before >> 10} MiB with the model alone, {growth >> 10} MiB more while it came")
    assert growth < 64 << 10


def test_a_piece_that_is_too_large_for_the_proxy_costs_nothing(behind, sample, sample_text):
    _, client = behind(body="100k")
    content = sample.read_bytes()
    place = client.announce(len(content))
    with contextlib.suppress(OSError):  # nginx may close while the piece is being sent
        assert client.send(place, 0, content + b" " * 100_000) == 413
    assert client.offset(place) == 0
    for offset in range(0, len(content), 50_000):
        assert client.send(place, offset, content[offset:offset + 50_000]) == 204
    assert client.offset(place) == len(content)


def test_a_piece_that_the_proxy_cuts_off_goes_on_where_it_stopped(behind):
    _, client = behind(seconds=1)
    size = 4 * MIB
    content = piece_at(0, size)
    place = client.announce(size)
    connection = client.connect()
    connection.putrequest("PATCH", place)
    for name, value in {"X-V2T-Session": client.token, "Tus-Resumable": "1.0.0", "Upload-Offset": "0",
                        "Content-Type": "application/offset+octet-stream", "Content-Length": str(size)}.items():
        connection.putheader(name, value)
    connection.endheaders(content[:MIB])
    with contextlib.suppress(OSError, http.client.HTTPException):
        assert connection.getresponse().status == 408  # nginx waited a second for the rest
    connection.close()
    status = 409
    while status == 409:  # the server may still be saving what came through: a client asks again
        offset = client.offset(place)
        status = client.send(place, offset, content[offset:])
    assert status == 204 and 0 < offset <= MIB
    assert client.offset(place) == size


@pytest.fixture(scope="module")
def long_video(retold):
    return retold(1).read_bytes()


def read_events(client, job, last_id):
    """One connection's events until the proxy or the server ends it: (id, type, data)."""
    connection, events, event = client.connect(), [], {}
    headers = {"X-V2T-Session": client.token, **({"Last-Event-ID": last_id} if last_id else {})}
    connection.request("GET", f"/api/v1/jobs/{job}/events", None, headers)
    with contextlib.suppress(OSError, http.client.HTTPException):
        for line in connection.getresponse():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name in ("id", "event", "data"):
                event[name] = value
            elif not line.strip() and event:
                events.append((event.get("id"), event.get("event"), json.loads(event.get("data", "null"))))
                event = {}
    connection.close()
    return events


def test_an_event_stream_that_the_proxy_cuts_is_resumed_without_a_gap(behind, long_video):
    _, client = behind(seconds=1)  # cuts a stream that is silent for a second
    place = client.announce(len(long_video))
    job = client.create_job(place)
    windows, last_id, connections, state = [], None, 0, "uploading"
    half = len(long_video) // 2
    assert client.send(place, 0, long_video[:half]) == 204
    while state not in ("done", "failed", "cancelled"):
        events = read_events(client, job, last_id)
        connections += 1
        for event_id, kind, data in events:
            last_id = event_id or last_id
            state = data["state"] if kind == "state" else state
            if kind == "segments":
                windows.append(data["window"])
        if connections == 2:  # two streams were silent and cut: only now the file is completed
            assert client.send(place, half, long_video[half:]) == 204
    assert state == "done"
    assert connections > 2
    assert windows == list(range(len(windows))) and len(windows) >= 2


def cookie_of(client, **headers):
    return Client(client.url).ask("POST", "/api/v1/session", b"", **headers)[1]["Set-Cookie"]


@pytest.mark.parametrize("environment", [{"TRUST_PROXY": "1"}, {"SPACE_ID": "owner/name"}])
def test_a_trusted_proxys_https_makes_a_cookie_that_works_in_frames(behind, environment):
    _, client = behind(**environment)
    assert "SameSite=None; Secure; Partitioned" in cookie_of(client)


@pytest.mark.parametrize("environment", [{}, {"SPACE_ID": "owner/name", "TRUST_PROXY": "0"}])
def test_headers_of_others_are_not_believed(behind, environment):
    server, client = behind(**environment)
    assert "SameSite=Lax" in cookie_of(client) and "Secure" not in cookie_of(client)
    direct = Client(server.url)
    assert "Secure" not in cookie_of(direct, X_Forwarded_Proto="https")


def test_the_page_may_be_framed_by_hugging_face_alone(behind):
    _, client = behind()
    headers = client.ask("GET", "/")[1]
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://huggingface.co https://*.hf.space" in policy
    assert headers["X-Frame-Options"] is None

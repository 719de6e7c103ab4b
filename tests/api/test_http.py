"""The interface of the real program: uploads, jobs, events, limits, restart."""
import hashlib
import os
import signal
import socket

import pytest

GARBAGE = b"this is no video at all. " * 40


def test_health_and_page_answer_at_once(server):
    client = server.client()
    assert client.ask("GET", "/healthz").json == {"status": "ok"}
    assert client.ask("HEAD", "/").status == client.ask("GET", "/").status
    assert client.ask("GET", "/readyz").status in (200, 503)


def test_server_describes_itself(server):
    described = server.client().get("/server").json
    assert described["default_model"] and described["max_upload_bytes"] > 0


def test_without_session_nothing_is_told(server):
    reply = server.client().get("/jobs")
    assert (reply.status, reply.error) == (401, "unauthorized")


def test_cookie_is_a_session_too(server, client):
    reply = server.client().get("/jobs", Cookie="v2t_session=" + client.token)
    assert reply.json == {"jobs": [], "total": 0}


def test_upload_in_pieces_comes_back_whole(client):
    media = os.urandom(3_000_000)
    upload = client.create_upload(len(media))
    assert client.append(upload, 0, media[:1_000_000]).headers["Upload-Offset"] == "1000000"
    assert client.append(upload, 0, media[:10]).status == 409
    assert client.append(upload, 1_000_000, media[1_000_000:]).status == 204
    job = client.ask_json("POST", "/jobs", {"upload": upload}).json
    whole = client.get(f"/jobs/{job['id']}/media")
    assert hashlib.sha256(whole.body).digest() == hashlib.sha256(media).digest()
    part = client.get(f"/jobs/{job['id']}/media", Range="bytes=-5")
    assert (part.status, part.body) == (206, media[-5:])


def test_cut_upload_keeps_what_arrived(client):
    upload = client.create_upload(1000)
    head = (f"PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nHost: localhost\r\nX-V2T-Session: {client.token}\r\n"
            "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
            "Content-Length: 1000\r\n\r\n")
    client.raw(head.encode() + b"x" * 600)
    assert client.tus("HEAD", "/" + upload).headers["Upload-Offset"] == "600"


def test_job_before_its_bytes_fails_in_words_and_tells_so_by_events(client):
    upload = client.create_upload(len(GARBAGE))
    job = client.ask_json("POST", "/jobs", {"upload": upload, "settings": {"language": "en"}}).json
    assert job["state"] == "uploading"
    client.append(upload, 0, GARBAGE)
    state = client.get(f"/jobs/{job['id']}").json["state"]
    assert state in ("queued", "running", "failed")
    client.ask("POST", f"/api/v1/jobs/{job['id']}/cancel")
    events = client.get(f"/jobs/{job['id']}/events").body.decode()
    assert events.startswith("retry: 1000\n\n") and "event: state" in events


def test_jobs_of_others_do_not_exist(server, client):
    job = client.ask_json("POST", "/jobs", {"upload": client.create_upload(10)}).json["id"]
    stranger = server.client()
    stranger.open_session()
    for path in ("", "/transcript", "/exports/txt", "/media", "/events"):
        assert stranger.get(f"/jobs/{job}{path}").status == 404
    assert stranger.ask("DELETE", f"/api/v1/jobs/{job}").status == 404


def test_deleted_job_is_gone(client):
    job = client.ask_json("POST", "/jobs", {"upload": client.create_upload(10)}).json["id"]
    assert client.ask("DELETE", f"/api/v1/jobs/{job}").status == 204
    assert client.get(f"/jobs/{job}").status == 404


@pytest.mark.parametrize("status, request_bytes", [
    (400, b"GET / HTTP/1.1\nHost: localhost\n\n"),
    (400, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    (403, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
    (405, b"DELETE /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    (414, b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    (431, b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 20000 + b"\r\n\r\n"),
])
def test_bad_requests_get_their_status(server, status, request_bytes):
    assert server.client().raw(request_bytes).startswith(f"HTTP/1.1 {status} ".encode())


def test_nothing_outside_the_page_is_served(server):
    for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd"):
        assert b"root:" not in server.client().ask("GET", path).body


def test_restart_keeps_sessions_uploads_and_jobs(server, client):
    upload = client.create_upload(100)
    client.append(upload, 0, b"x" * 40)
    job = client.ask_json("POST", "/jobs", {"upload": upload}).json["id"]
    assert server.stop(signal.SIGTERM) == 0
    server.start()
    again = server.client(client.token)
    assert again.tus("HEAD", "/" + upload).headers["Upload-Offset"] == "40"
    assert again.get(f"/jobs/{job}").json["state"] == "uploading"


def test_stop_ends_open_event_streams(server, client):
    job = client.ask_json("POST", "/jobs", {"upload": client.create_upload(10)}).json["id"]
    with socket.create_connection(client.address, timeout=60) as stream:
        stream.sendall(f"GET /api/v1/jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\n"
                       f"X-V2T-Session: {client.token}\r\n\r\n".encode())
        received = stream.recv(65536)
        assert received.startswith(b"HTTP/1.1 200 ")
        server.process.send_signal(signal.SIGTERM)
        while piece := stream.recv(65536):
            received += piece
        assert received.endswith(b"0\r\n\r\n")
    assert server.process.wait(timeout=30) == 0
    server.start()

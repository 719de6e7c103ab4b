"""What whoever runs the server relies on: keys, metrics, logs, quotas, the description of the interface."""
import json
import re
import signal

import pytest


def test_keys_work_beside_the_running_server(new_server):
    server = new_server()
    client = server.client()
    made = server.keys("create", "laptop")
    key = made.stdout.strip()
    assert re.fullmatch(r"v2t_[a-z2-7]{52}", key) and key not in made.stderr
    assert client.get("/jobs", X_API_Key=key).json == {"jobs": [], "total": 0}
    assert server.keys("create", "laptop").returncode == 1
    assert "laptop" in server.keys().stdout and key not in server.keys().stdout
    assert server.keys("revoke", "laptop").returncode == 0
    assert client.get("/jobs", Authorization="Bearer " + key).status == 401
    stored = b"".join(f.read_bytes() for f in (server.folder / "data").glob("jobs.sqlite*"))
    assert key.encode() not in stored and key[4:].encode() not in stored


def test_a_key_finds_its_jobs_again_under_a_new_secret(new_server):
    server = new_server()
    client = server.client()
    first = server.keys("create", "laptop").stdout.strip()
    upload = client.tus("POST", "", Upload_Length="10", X_API_Key=first).headers["Location"].rsplit("/", 1)[1]
    server.keys("revoke", "laptop")
    second = server.keys("create", "laptop").stdout.strip()
    assert client.tus("HEAD", "/" + upload, X_API_Key=second).headers["Upload-Offset"] == "0"
    assert client.tus("HEAD", "/" + upload, X_API_Key=first).status == 401


def test_logs_are_json_whatever_clients_send(new_server):
    server = new_server(LOG_FORMAT="json", LOG_LEVEL="debug")
    client = server.client()
    for path in ('/a"b\\', "/%00%0a%1b[31m", "/%ff%fe", "/" + "é" * 100, "/x?q=\"\n".replace("\n", "%0A")):
        client.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \"\\\x01\r\nX-Forwarded-For: \"}}{{\"\r\n"
                   "Connection: close\r\n\r\n".encode())
    client.raw(b"GET /\xff\xfe\"\\ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    client.open_session()
    client.create_upload(10, name='"}\n{"level":"error"')
    server.process.terminate()
    server.process.wait(timeout=30)
    lines = server.log.read_bytes().decode().splitlines()
    assert len(lines) > 5
    for line in lines:
        assert {"time", "level", "message"} <= json.loads(line).keys()


def test_metrics_tell_the_queue_and_the_requests(new_server):
    server = new_server(METRICS_TOKEN="a long secret")
    client = server.client()
    client.open_session()
    client.ask_json("POST", "/jobs", {"upload": client.create_upload(10)})
    page = client.ask("GET", "/metrics")
    assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = page.body.decode()
    assert 'video2text_jobs{state="uploading"} 1\n' in text
    assert 'video2text_http_requests_total{route="POST /api/v1/jobs",status="201"} 1\n' in text
    for line in text.splitlines():
        assert line.startswith("# ") or re.fullmatch(r'[a-z0-9_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+', line), line
    assert client.ask("GET", "/metrics", X_Forwarded_For="10.1.1.1").status == 403
    assert client.ask("GET", "/metrics", X_Forwarded_For="10.1.1.1", Authorization="Bearer a long secret").status == 200


def test_quotas_count_through_a_restart_and_tell_when_to_come_back(new_server):
    server = new_server(UPLOADS_AT_ONCE="2", BYTES_PER_DAY="1000")
    client = server.client()
    client.open_session()
    assert client.get("/server").json["quota"] == {"uploads_at_once": 2, "audio_hours_per_day": None, "bytes": 1000}
    upload = client.create_upload(600)
    too_much = client.tus("POST", "", Upload_Length="600")
    assert (too_much.status, too_much.error) == (429, "rate_limited")
    assert 86000 < int(too_much.headers["Retry-After"]) <= 86400
    client.create_upload(100)
    server.stop(signal.SIGKILL)
    server.start()
    client = server.client(client.token)
    third = client.tus("POST", "", Upload_Length="100")
    assert (third.status, third.headers["Retry-After"]) == (429, "30")
    client.append(upload, 0, b"x" * 600)
    client.create_upload(100)


def test_the_interface_is_described_to_people_and_programs(server):
    client = server.client()
    page = client.ask("GET", "/docs")
    if page.status == 503:
        pytest.skip("the page is not built")
    assert page.headers["Content-Type"].startswith("text/html")
    text = page.body.decode()
    assert "/v1/audio/transcriptions" in text and "<script" not in text
    assert not re.search(r'(src|href)="(https?:)?//', text)
    description = client.ask("GET", "/openapi.yaml")
    assert description.status == 200 and description.body.startswith(b"# The HTTP interface")

"""Requests that last: behind a proxy that cuts silent ones, with a client that leaves, with a server that stops."""
import signal
import socket

import httpx2 as httpx
import openai
import pytest
from spoken import TALE, words
from waiting import wait_until


def jobs_at_work(server):
    """Transient jobs are listed nowhere; their media are there as long as they are."""
    return bool(server.media_files())


@pytest.mark.parametrize("response_format", ["json", "verbose_json", "text", "vtt"])
def test_silence_is_broken_before_a_proxy_cuts(behind_proxy, long_clip, response_format):
    server, proxy = behind_proxy
    client = openai.OpenAI(base_url=proxy.url + "/v1", api_key="none", max_retries=0)
    answer = client.audio.transcriptions.create(file=long_clip, model="whisper-1", response_format=response_format)
    text = answer if isinstance(answer, str) else answer.text
    assert len(words(text)) > 3.8 * len(words(" ".join(TALE)))
    if response_format == "vtt":
        assert answer.startswith("WEBVTT\n\n")
    wait_until(lambda: not jobs_at_work(server))


def test_a_stream_passes_the_proxy_as_it_comes(behind_proxy, long_clip):
    server, proxy = behind_proxy
    client = openai.OpenAI(base_url=proxy.url + "/v1", api_key="none", max_retries=0)
    events = client.audio.transcriptions.create(file=long_clip, model="whisper-1", stream=True)
    first = next(iter(events))
    assert first.type == "transcript.text.delta" and jobs_at_work(server)
    rest = list(events)
    assert first.delta + "".join(event.delta for event in rest[:-1]) == rest[-1].text


def test_who_leaves_cancels(server, key, long_clip):
    with open(long_clip, "rb") as file:
        request = httpx.Request("POST", server.url + "/v1/audio/transcriptions", headers={"X-API-Key": key},
                                files={"file": file}, data={"model": "whisper-1"})
        body = request.read()
    lines = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection((request.url.host, request.url.port), timeout=60) as connection:
        connection.sendall(f"POST {request.url.path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        wait_until(lambda: jobs_at_work(server))
    wait_until(lambda: not jobs_at_work(server))


def transcriptions_refused(server):
    """Requests that ended with 400, as one does whose body is cut off."""
    name = 'video2text_http_requests_total{route="POST /v1/audio/transcriptions",status="400"} '
    lines = httpx.get(server.url + "/metrics").text.splitlines()
    return sum(int(line.removeprefix(name)) for line in lines if line.startswith(name))


# The server saves an upload in pieces of 256 kB: of a thousand bytes nothing is on the disk while the client is there.
@pytest.mark.parametrize("n_sent, is_saved", [(1000, False), (300_000, True)])
def test_who_leaves_while_sending_leaves_nothing(server, key, n_sent, is_saved):
    head = (f"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + "x" * n_sent)
    refused = transcriptions_refused(server)
    url = httpx.URL(server.url)
    with socket.create_connection((url.host, url.port), timeout=60) as connection:
        connection.sendall(head.encode())
        if is_saved:
            wait_until(lambda: jobs_at_work(server))
    wait_until(lambda: transcriptions_refused(server) == refused + 1)
    assert not jobs_at_work(server)


def test_a_stopping_server_tells_its_clients_and_keeps_nothing(new_server, long_clip):
    server = new_server()
    with open(long_clip, "rb") as file, httpx.stream(
            "POST", server.url + "/v1/audio/transcriptions", files={"file": file},
            data={"model": "whisper-1", "stream": "true"}, timeout=120) as reply:
        lines = reply.iter_lines()
        while not next(lines).startswith("data: "):
            pass
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(httpx.RemoteProtocolError):  # cut short: no client takes it for the whole text
            list(lines)
    assert server.process.wait(timeout=10) == 0
    assert server.media_files() == []


def test_a_killed_server_forgets_the_request_at_its_next_start(new_server, long_clip):
    server = new_server()
    with open(long_clip, "rb") as file, httpx.stream(
            "POST", server.url + "/v1/audio/transcriptions", files={"file": file},
            data={"model": "whisper-1", "stream": "true"}, timeout=120) as reply:
        assert reply.status_code == 200
        server.stop(signal.SIGKILL)
    assert jobs_at_work(server)
    server.start()
    wait_until(lambda: not jobs_at_work(server))

"""Downloads of models, good and bad: what arrives is whole and right, or nothing is used."""
import os
import pathlib
import re
import signal
import ssl
import subprocess
import threading
import time

import mock_hub
import pytest

NAME = "mock/model"


@pytest.fixture
def files():
    return mock_hub.model_files()


def test_a_model_arrives_whole_with_progress_to_the_end(hub, puller):
    repository = hub.add(NAME)
    outcome = puller.get(NAME)
    assert outcome.model.read_bytes() == repository.files["model.bin"]
    total = sum(len(repository.files[name]) for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"))
    done = [line["done"] for line in outcome.progress]
    assert done == sorted(done) and done[-1] == total
    assert {line["total"] for line in outcome.progress} == {total}


def test_only_needed_files_are_downloaded(hub, puller):
    hub.add(NAME)
    puller.get(NAME)
    asked = {request.path.split("/")[-1] for request in hub.requests if "/resolve/" in request.path}
    assert asked == {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"}


def test_a_second_get_asks_nobody(hub, puller):
    hub.add(NAME)
    puller.get(NAME)
    hub.requests.clear()
    assert puller.get(NAME).error is None
    assert not hub.requests


def test_the_json_vocabulary_and_the_preprocessor_are_taken_where_there_are_some(hub, puller, files):
    files["vocabulary.json"] = b'["a"]'
    files["preprocessor_config.json"] = b'{"feature_size": 128}'
    hub.add(NAME, files)
    outcome = puller.get(NAME)
    assert outcome.results[-1]["vocabulary"].endswith("vocabulary.json")
    assert outcome.results[-1]["preprocessor"].endswith("preprocessor_config.json")


def test_the_token_goes_to_the_hub_and_never_to_another_host(hub, puller):
    hub.add(NAME, gated=True)
    assert puller.get(NAME, token=mock_hub.TOKEN).error is None
    for request in hub.requests:
        assert ("Authorization" in request.headers) == (request.where == "hub"), request


def test_a_cut_download_goes_on_where_it_was(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.cut(200_000), mock_hub.cut(100_000)]})
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]
    ranges = [r.headers.get("Range") for r in hub.requests if r.where == "cdn"]
    assert ranges == [None, "bytes=200000-", "bytes=300000-"]


def test_a_killed_download_goes_on_in_the_next_process(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.stalled(60, after=300_000)]})
    process = puller.start(NAME, stall_ms=60_000)
    wait_for(lambda: puller.parts() and puller.parts()[0].stat().st_size == 300_000)
    process.kill()
    process.communicate()
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]
    assert [r.headers.get("Range") for r in hub.requests if r.where == "cdn"] == [None, "bytes=300000-"]


def test_damage_in_what_an_earlier_download_left_is_found_and_repaired(hub, puller):
    repository = hub.add(NAME)
    blobs = puller.cache / "models--mock--model" / "blobs"
    blobs.mkdir(parents=True)
    part = blobs / (mock_hub.sha256(repository.files["model.bin"]) + ".incomplete")
    part.write_bytes(b"x" * 1000)
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]


def test_a_part_longer_than_the_file_is_begun_anew(hub, puller):
    repository = hub.add(NAME)
    blobs = puller.cache / "models--mock--model" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / (mock_hub.sha256(repository.files["model.bin"]) + ".incomplete")).write_bytes(b"x" * 10_000_000)
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]


def test_a_server_without_ranges_begins_anew(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.cut(200_000), mock_hub.no_ranges]})
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]


def test_a_file_that_changes_between_resumes_begins_anew(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.cut(200_000), mock_hub.other_etag]})
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]
    assert not puller.parts()


def test_a_reply_that_ends_early_without_breaking_goes_on(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.short(by=1000)]})
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]


def test_a_stalled_server_is_left_and_asked_again(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.stalled(60)]})
    assert puller.get(NAME, stall_ms=300).model.read_bytes() == repository.files["model.bin"]


def test_server_errors_pass(hub, puller):
    repository = hub.add(NAME, faults={"api": [mock_hub.status(500)], "head model.bin": [mock_hub.status(503)],
                                       "get model.bin": [mock_hub.status(500), mock_hub.status(502)]})
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]


def test_an_expired_signed_url_is_asked_for_again(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.status(403)]})
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]


def test_rate_limits_are_waited_for(hub, puller):
    hub.add(NAME, faults={"api": [mock_hub.status(429, Retry_After="1")]})
    started = time.monotonic()
    assert puller.get(NAME, retry_ms=1).error is None
    assert time.monotonic() - started >= 1


def test_a_rate_limit_of_an_hour_is_an_error_that_says_so(hub, puller):
    hub.add(NAME, faults={"api": [mock_hub.status(429, Retry_After="3600")]})
    outcome = puller.get(NAME)
    assert outcome.error == "model_unavailable"
    assert "429" in outcome.message and "3600 s" in outcome.message


BAD_CONTENT = {
    "a wrong hash": ({"get model.bin": [mock_hub.wrong_byte] * 9}, "hash differs"),
    "more than announced": ({"get model.bin": [mock_hub.too_long] * 9}, "more bytes than announced"),
    "a page instead of a file": ({"get model.bin": [mock_hub.html] * 9}, "web page came instead of model.bin"),
    "a page instead of the list": ({"api": [mock_hub.html] * 9}, "web page came instead of the list of files"),
    "a page instead of a description": ({"head model.bin": [mock_hub.html] * 9}, "web page came instead of model.bin"),
    "errors that do not pass": ({"get model.bin": [mock_hub.status(500)] * 9}, "answers 500"),
    "cuts that do not pass": ({"get model.bin": [mock_hub.cut(0)] * 9}, "model mock/model"),
    "a redirect to a file": ({"api": [mock_hub.redirect_to("file:///etc/passwd")]}, "may not be followed"),
    "a redirect in a circle": ({"api": [mock_hub.redirect_to("/api/models/mock/model/revision/main")] * 9}, "too many redirects"),
}


@pytest.mark.parametrize("case", BAD_CONTENT)
def test_bad_content_is_never_used_and_nothing_of_it_is_left(case, hub, puller):
    faults, words = BAD_CONTENT[case]
    hub.add(NAME, faults=faults)
    outcome = puller.get(NAME)
    assert outcome.code == 1 and outcome.error == "model_unavailable"
    assert words in outcome.message
    assert "fetch_weights base" in outcome.message and str(puller.cache) in outcome.message
    assert not list(puller.cache.glob("models--*/snapshots/*/*"))
    assert all(part.stat().st_size == 0 for part in puller.parts())


def test_after_an_error_the_next_get_succeeds(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.wrong_byte]})
    assert puller.get(NAME).error == "model_unavailable"
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]


def test_a_damaged_small_file_is_found_by_its_git_hash(hub, puller, files):
    files["tokenizer.json"] = b"x" * 5000
    hub.add(NAME, files, faults={"get tokenizer.json": [mock_hub.wrong_byte] * 9})
    assert puller.get(NAME).error == "model_unavailable"


def test_a_gated_model_says_how_to_get_it(hub, puller):
    hub.add(NAME, gated=True)
    for token in ("", "hf_other"):
        outcome = puller.get(NAME, token=token)
        assert outcome.error == "forbidden"
        assert "set HF_TOKEN after accepting its terms at" in outcome.message
        assert f"{hub.url}/{NAME}" in outcome.message


@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal_without_reason_asks_for_a_token(code, hub, puller):
    hub.add(NAME, faults={"api": [mock_hub.status(code)]})
    outcome = puller.get(NAME)
    assert outcome.error == "forbidden" and "HF_TOKEN" in outcome.message


def test_a_token_that_is_not_accepted_is_said_to_be(hub, puller):
    hub.add(NAME, faults={"api": [mock_hub.status(401)]})
    outcome = puller.get(NAME, token="hf_old")
    assert outcome.error == "forbidden" and "does not accept HF_TOKEN" in outcome.message


def test_an_unknown_repository_is_not_found(hub, puller):
    hub.add(NAME, faults={"api": [mock_hub.status(404)]})
    for name in (NAME, "mock/nothing"):
        outcome = puller.get(name)
        assert outcome.error == "not_found" and name in outcome.message


@pytest.mark.parametrize("files, lack", [
    ({"config.json": b"{}", "pytorch_model.bin": b"x"}, "neither model.bin"),
    ({"config.json": b"{}", "model.safetensors": b"x"}, "no tokenizer.json"),
])
def test_another_kind_of_repository_is_refused_by_what_it_lacks(files, lack, hub, puller):
    hub.add("openai/whisper-base", files)
    outcome = puller.get("openai/whisper-base")
    assert outcome.error == "model_invalid" and lack in outcome.message


def test_an_unknown_plain_name_is_not_found_and_asks_nobody(hub, puller):
    outcome = puller.get("enormous")
    assert outcome.error == "not_found" and "large-v3-turbo" in outcome.message
    assert not hub.requests


def test_offline_says_what_is_missing_where_and_what_to_do(hub, puller):
    outcome = puller.get("base", offline=1)
    assert outcome.error == "model_unavailable"
    assert re.search("model base: .*HF_HUB_OFFLINE.*" + str(puller.cache) + ".*fetch_weights base", outcome.message)
    assert not hub.requests


def test_a_hub_that_cannot_be_reached_says_what_to_do(puller):
    outcome = puller.get("base", endpoint="http://127.0.0.1:9")
    assert outcome.error == "model_unavailable"
    assert "127.0.0.1" in outcome.message and "fetch_weights base" in outcome.message


def test_two_processes_download_once(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.slow(20_000, 0.02)]})
    processes = [puller.start(NAME) for _ in range(3)]
    outcomes = [puller.finish(process) for process in processes]
    for outcome in outcomes:
        assert outcome.model.read_bytes() == repository.files["model.bin"]
        assert len({line["done"] for line in outcome.progress}) > 5, "all see progress"
    assert hub.count("cdn", "GET", "model.bin") == 1


def test_when_the_downloading_process_dies_the_waiting_one_goes_on(hub, puller):
    repository = hub.add(NAME, faults={"get model.bin": [mock_hub.stalled(60, after=300_000)]})
    first = puller.start(NAME, stall_ms=60_000)
    wait_for(lambda: puller.parts() and puller.parts()[0].stat().st_size == 300_000)
    second = puller.start(NAME)
    wait_for(lambda: hub.count("hub", "HEAD", "model.bin") == 2)
    first.kill()
    first.communicate()
    assert puller.finish(second).model.read_bytes() == repository.files["model.bin"]
    assert hub.count("cdn", "GET", "model.bin") == 2


def test_a_stop_ends_the_download_within_a_second(hub, puller):
    hub.add(NAME, faults={"get model.bin": [mock_hub.stalled(60)]})
    process = puller.start(NAME, stall_ms=60_000)
    wait_for(puller.parts)
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    outcome = puller.finish(process)
    assert outcome.error == "cancelled"
    assert time.monotonic() - started < 1


def test_memory_stays_small_whatever_the_size(hub, puller, files):
    files["model.bin"] = bytes(150_000_000)
    hub.add(NAME, files)
    limited = ("sh", "-c", "ulimit -d 60000; exec \"$@\"", "sh")  # kB of heap
    assert puller.run("get", NAME, prefix=limited).error is None


@pytest.fixture
def small_disk(puller):
    """Command prefix: runs what follows with a cache of one megabyte, seen by nobody else."""
    if os.geteuid() != 0 or os.system("unshare -m mount -t tmpfs none /mnt 2>/dev/null") != 0:
        pytest.skip("needs the right to mount")
    puller.cache.mkdir()
    script = f"""
mount -t tmpfs -o size=1m none {puller.cache} || exit 3
"$@"; code=$?
ls {puller.cache}/models--*/blobs > {puller.cache}.left
exit $code
"""
    return "unshare", "-m", "sh", "-c", script, "sh"


def test_a_full_disk_is_said_before_anything_is_downloaded(hub, puller, small_disk):
    hub.add(NAME, mock_hub.model_files(size=3_000_000))
    outcome = puller.run("get", NAME, prefix=small_disk)
    assert outcome.error == "disk_full"
    assert "3.0 MB needed" in outcome.message and "WHISPER_CACHE_DIR" in outcome.message
    assert hub.count("cdn", "GET", "model.bin") == 0


def test_a_disk_that_fills_up_meanwhile_gets_its_space_back(hub, puller, small_disk):
    cache_seen_by = []  # the way into the other mount namespace

    def fill_the_disk(handler, content):
        with open(cache_seen_by[0] / "filler", "wb", buffering=0) as filler, pytest.raises(OSError):
            while True:
                filler.write(bytes(4096))
        handler.send_content(content)
        return True

    hub.add(NAME, faults={"get model.bin": [fill_the_disk], "api": [lambda *_: started.wait() and False]})
    started = threading.Event()
    process = subprocess.Popen([*small_disk, *puller.command("get", NAME, {})], stdout=subprocess.PIPE, text=True)
    cache_seen_by.append(pathlib.Path(f"/proc/{process.pid}/root{puller.cache}"))
    started.set()
    outcome = puller.finish(process)
    assert outcome.error == "disk_full" and "no space left" in outcome.message
    assert ".incomplete" not in pathlib.Path(f"{puller.cache}.left").read_text()


def test_a_damaged_file_is_found_by_verify_and_repaired_by_get(hub, puller):
    repository = hub.add(NAME)
    model = puller.get(NAME).model
    assert puller.run("verify", NAME).error is None
    blob = model.resolve()
    blob.write_bytes(blob.read_bytes()[:-1] + b"\0")
    outcome = puller.run("verify", NAME)
    assert outcome.error == "model_invalid" and str(blob) in outcome.message
    blob.unlink()
    assert puller.get(NAME).model.read_bytes() == repository.files["model.bin"]


def test_list_says_what_is_here(hub, puller):
    hub.add("Systran/faster-whisper-tiny")
    hub.add(NAME)
    puller.get("tiny")
    puller.get(NAME)
    entries = {entry["name"]: entry for entry in puller.run("list").results}
    assert entries["tiny"]["downloaded"] and not entries["base"]["downloaded"]
    assert entries[NAME]["downloaded"] and entries[NAME]["repository"] == NAME
    assert entries["large-v3"]["size"] > 3_000_000_000


def test_local_weights_are_found_in_every_cache_folder(hub, puller, tmp_path):
    folder = tmp_path / "second" / "local" / "base"
    folder.mkdir(parents=True)
    for name, content in mock_hub.model_files().items():
        (folder / name).write_bytes(content)
    outcome = puller.get("base", second_cache=tmp_path / "second", offline=1)
    assert outcome.model == folder / "model.bin"


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        threading.Event().wait(0.02)


def test_a_certificate_that_nobody_vouches_for_is_refused(hub, puller, tmp_path):
    hub.add(NAME)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    hub.hub.socket = context.wrap_socket(hub.hub.socket, server_side=True)
    outcome = puller.get(NAME, endpoint=hub.url.replace("http:", "https:"), token=mock_hub.TOKEN)
    assert outcome.error == "model_unavailable" and "certificate" in outcome.message
    assert not hub.requests

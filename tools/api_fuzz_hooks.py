"""Hooks of schemathesis for tools/api_fuzz: most requests name things that are there, so that they reach what they are about."""
import json
import os
import random
import threading
import urllib.request

import schemathesis

URL, KEY, SAMPLE = os.environ["FUZZ_URL"], os.environ["FUZZ_KEY"], os.environ["FUZZ_SAMPLE"]
dice, lock = random.Random(1), threading.Lock()


def ask(method, path, body=b"", **headers):
    headers = {"X-API-Key": KEY, "Tus-Resumable": "1.0.0", **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(URL + path, data=body, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return reply.headers, reply.read()


def new_upload(content, size):
    headers, _ = ask("POST", "/api/v1/uploads", Upload_Length=str(size), Upload_Metadata="filename YS5tcDQ=")
    upload = headers["Location"].rsplit("/", 1)[1]
    if content:
        ask("PATCH", "/api/v1/uploads/" + upload, content, Upload_Offset="0", Content_Type="application/offset+octet-stream")
    return upload


def new_job(upload):
    _, reply = ask("POST", "/api/v1/jobs", json.dumps({"upload": upload}).encode(), Content_Type="application/json")
    return json.loads(reply)["id"]


with open(SAMPLE, "rb") as sample:
    CLIP = sample.read()
DONE = new_upload(CLIP, len(CLIP))  # transcribed soon
JOBS = [new_job(DONE) for _ in range(3)]


def a_job(is_to_be_deleted):
    if is_to_be_deleted or dice.random() < 0.1:
        return new_job(new_upload(b"", 100))
    return dice.choice(JOBS)


@schemathesis.serializer("application/offset+octet-stream")
def bytes_as_they_are(_, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.hook
def before_call(_, case, __):
    with lock:
        if dice.random() < 0.2:
            return  # as it was made
        is_deletion = case.method.upper() == "DELETE"
        if case.path.startswith("/api/v1/jobs/{id}"):
            case.path_parameters["id"] = a_job(is_deletion)
        if case.path.startswith("/api/v1/uploads/{id}"):
            case.path_parameters["id"] = new_upload(b"", 1000)
        if "version" in (case.path_parameters or {}):
            case.path_parameters["version"] = dice.randrange(3)
        if case.headers is not None and dice.random() < 0.5 and case.path.endswith(("/transcript", "/restore")):
            case.headers["If-Match"] = "*"
        if isinstance(case.body, dict):
            give_what_is_there(case.body)


def give_what_is_there(body):
    if "upload" in body:
        body["upload"] = dice.choice([DONE, new_upload(b"", 100)])
    if "file" in body and dice.random() < 0.1:
        body["file"] = CLIP
    if "file" in body and dice.random() < 0.5:
        body["model"] = "whisper-1"
    for change in body.get("changes") if isinstance(body.get("changes"), list) else []:
        if isinstance(change, dict) and "segment" in change:
            change["segment"] = dice.randrange(4)

"""A local mock of the Hugging Face Hub: the hub on one port, its CDN on another, and faults to order.

test_mock_hub.py proves it with huggingface_hub. By hand: python3 mock_hub.py PORT serves Systran/faster-whisper-base and
one repository for each fault, mock/FAULT, until it is stopped.
"""
import dataclasses
import functools
import hashlib
import http.server
import json
import random
import sys
import threading
import time
import urllib.parse

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_secret"
CHUNK = 64 * 1024


@functools.lru_cache
def sha256(content):
    return hashlib.sha256(content).hexdigest()


@functools.lru_cache
def git_blob(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def model_files(seed=1, size=600_000):
    """What a repository of faster-whisper holds, with noise for weights."""
    return {
        ".gitattributes": b"*.bin filter=lfs\n",
        "README.md": b"# a model\n",
        "config.json": b'{"alignment_heads": []}',
        "model.bin": random.Random(seed).randbytes(size),
        "tokenizer.json": b'{"version": "1.0"}' + b" " * seed,
        "vocabulary.txt": b"hello\nworld\n",
    }


@dataclasses.dataclass
class Repository:
    files: dict
    commit: str = COMMIT
    gated: bool = False  # readable with the token only
    # Faults by the name of the request: "api", "head FILE", "get FILE" (on the CDN for large files). Each request
    # takes the next one from the list; an empty list is a good server.
    faults: dict = dataclasses.field(default_factory=dict)

    def is_large(self, name):
        return name.endswith(".bin")

    def hash_of(self, name):
        return sha256(self.files[name]) if self.is_large(name) else git_blob(self.files[name])


# Faults: a function of the handler and the content that would be sent; gives True when it has answered.
def status(code, **headers):
    def answer(handler, _):
        handler.reply(code, {key.replace("_", "-"): value for key, value in headers.items()}, b"an error's text")
        return True
    return answer


def html(handler, _):
    handler.reply(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Please log in to the Wi-Fi</html>")
    return True


def cut(after):
    """Promises everything, sends some bytes, and breaks the connection."""
    def answer(handler, content):
        handler.send_content(content, stop_after=after)
        return True
    return answer


def short(by):
    """A reply that looks whole but is not: no Content-Length, and ended early."""
    def answer(handler, content):
        handler.reply(200, {"Connection": "close"}, content[:-by], with_length=False)
        return True
    return answer


def wrong_byte(handler, content):
    handler.send_content(content[:1000] + bytes([content[1000] ^ 1]) + content[1001:])
    return True


def too_long(handler, content):
    handler.reply(200, {}, content + b"more")
    return True


def no_ranges(handler, content):
    del handler.headers["Range"]
    handler.send_content(content)
    return True


def stalled(seconds, after=1000):
    def answer(handler, content):
        handler.send_content(content, stop_after=after, then_wait=seconds)
        return True
    return answer


def slow(chunk, pause):
    def answer(handler, content):
        handler.send_content(content, chunk=chunk, pause=pause)
        return True
    return answer


def other_etag(handler, content):
    handler.send_content(content, etag='"changed"')
    return True


def redirect_to(url):
    def answer(handler, _):
        handler.reply(302, {"Location": url}, b"")
        return True
    return answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, handler, hub, port=0):
        super().__init__(("127.0.0.1", port), handler)
        self.hub = hub

    def handle_error(self, request, client_address):
        pass  # clients that go away are part of the tests

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    where = ""

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        hub = self.server.hub
        with hub.lock:
            hub.requests.append(Request(self.where, self.command, urllib.parse.unquote(self.path), dict(self.headers)))
        self.answer(hub, urllib.parse.urlsplit(self.path))

    def reply(self, code, headers, body, with_length=True):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        if with_length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_content(self, content, etag=None, headers=None, chunk=CHUNK, pause=0.0, stop_after=None, then_wait=0.0):
        """Answers GET or HEAD of a file, with ranges, If-Range, and an end that may come too early."""
        etag = etag or f'"{sha256(content)[:32]}"'
        first = 0
        wanted = self.headers.get("Range", "")
        if wanted.startswith("bytes=") and self.headers.get("If-Range", etag) == etag:
            first = int(wanted[6:].split("-")[0])
        if first >= len(content) > 0:
            return self.reply(416, {"Content-Range": f"bytes */{len(content)}"}, b"")
        self.send_response(206 if first else 200)
        for name, value in {"ETag": etag, "Content-Length": str(len(content) - first), "Accept-Ranges": "bytes",
                            **(headers or {})}.items():
            self.send_header(name, value)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if self.command == "HEAD":
            return None
        end = len(content) if stop_after is None else min(len(content), first + stop_after)
        for at in range(first, end, chunk):
            self.wfile.write(content[at:min(end, at + chunk)])
            time.sleep(pause)
        if end < len(content):
            self.wfile.flush()
            self.server.hub.stopping.wait(then_wait)
            self.close_connection = True
        return None


class HubHandler(Handler):
    """huggingface.co: the API, and /OWNER/NAME/resolve/COMMIT/FILE."""
    where = "hub"

    def answer(self, hub, url):
        parts = url.path.strip("/").split("/")
        if parts[:2] == ["api", "models"] and len(parts) >= 4:
            name, rest, fault = "/".join(parts[2:4]), parts[4:], "api"
        elif len(parts) >= 5 and parts[2] == "resolve":
            name, rest, fault = "/".join(parts[:2]), parts[2:], f"{self.command.lower()} {'/'.join(parts[4:])}"
        else:
            return self.reply(404, {}, b"")
        repository = hub.repositories.get(name)
        if repository is None:
            # The hub says 401 to strangers, so that private names stay secret.
            return self.reply(401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}, b"")
        large = rest[0:1] == ["resolve"] and repository.is_large(rest[-1])
        content = repository.files.get(rest[-1], b"") if rest[0:1] == ["resolve"] else b""
        if not (large and self.command == "GET") and hub.take_fault(repository, fault, self, content):
            return None
        if repository.gated and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            code = 403 if self.headers.get("Authorization") else 401
            return self.reply(code, {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is restricted"}, b"")
        if fault == "api":
            return self.answer_api(repository, name, rest)
        return self.answer_file(hub, repository, name, rest)

    def answer_api(self, repository, name, rest):
        if rest[:1] == ["tree"]:
            return self.answer_json([self.tree_entry(repository, file) for file in repository.files])
        if rest and rest[0] == "revision" and rest[1] not in ("main", repository.commit):
            return self.reply(404, {"X-Error-Code": "RevisionNotFound"}, b"")
        return self.answer_json({"id": name, "modelId": name, "sha": repository.commit, "private": False, "tags": [],
                                 "downloads": 0, "likes": 0,
                                 "siblings": [{"rfilename": file} for file in repository.files]})

    @staticmethod
    def tree_entry(repository, file):
        content = repository.files[file]
        entry = {"type": "file", "oid": git_blob(content), "size": len(content), "path": file}
        if repository.is_large(file):
            entry["lfs"] = {"oid": sha256(content), "size": len(content), "pointerSize": 134}
        return entry

    def answer_json(self, value):
        self.reply(200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(value).encode())

    def answer_file(self, hub, repository, name, rest):
        file = "/".join(rest[2:])
        if rest[1] not in ("main", repository.commit):
            return self.reply(404, {"X-Error-Code": "RevisionNotFound"}, b"")
        if file not in repository.files:
            return self.reply(404, {"X-Error-Code": "EntryNotFound"}, b"")
        content = repository.files[file]
        headers = {"X-Repo-Commit": repository.commit, "Content-Type": "text/plain; charset=utf-8"}
        if not repository.is_large(file):
            return self.send_content(content, etag=f'"{repository.hash_of(file)}"', headers=headers)
        location = f"{hub.cdn.url}/{name}/{repository.hash_of(file)}?file={file}&Signature=abc"
        return self.reply(302, {**headers, "X-Linked-Etag": f'"{repository.hash_of(file)}"',
                                "X-Linked-Size": str(len(content)), "Location": location}, b"Found. Redirecting")


class CdnHandler(Handler):
    """The other host, which must never see the token."""
    where = "cdn"

    def answer(self, hub, url):
        owner, name, _ = url.path.strip("/").split("/")
        repository = hub.repositories[f"{owner}/{name}"]
        file = urllib.parse.parse_qs(url.query)["file"][0]
        if not hub.take_fault(repository, f"get {file}", self, repository.files[file]):
            self.send_content(repository.files[file], headers={"Content-Type": "application/octet-stream"})


@dataclasses.dataclass
class Request:
    where: str  # "hub" or "cdn"
    method: str
    path: str
    headers: dict


class MockHub:
    def __init__(self, port=0):
        self.repositories = {}
        self.requests = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.hub = Server(HubHandler, self, port)
        self.cdn = Server(CdnHandler, self)
        for server in (self.hub, self.cdn):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return self.hub.url

    def add(self, name, files=None, **options):
        self.repositories[name] = Repository(files or model_files(), **options)
        return self.repositories[name]

    def take_fault(self, repository, name, handler, content):
        with self.lock:
            faults = repository.faults.get(name)
            fault = faults.pop(0) if faults else None
        return fault is not None and fault(handler, content)

    def count(self, where, method, ending):
        return sum(1 for r in self.requests if r.where == where and r.method == method and ending in r.path)

    def close(self):
        self.stopping.set()
        for server in (self.hub, self.cdn):
            server.shutdown()
            server.server_close()


# One repository for each, when the mock is run by hand.
FAULTS = {
    "cut": lambda: {"get model.bin": [cut(200_000), cut(200_000)]},
    "wrong-hash": lambda: {"get model.bin": [wrong_byte] * 9},
    "html": lambda: {"get model.bin": [html] * 9},
    "unauthorized": lambda: {"api": [status(401)] * 9},
    "not-found": lambda: {"api": [status(404)] * 9},
    "rate-limited": lambda: {"api": [status(429, Retry_After="1")]},
    "server-error": lambda: {"get model.bin": [status(500), status(500)]},
    "no-ranges": lambda: {"get model.bin": [cut(200_000), no_ranges]},
    "other-etag": lambda: {"get model.bin": [cut(200_000), other_etag]},
    "slow": lambda: {"get model.bin": [slow(10_000, 0.1)]},
    "stalled": lambda: {"get model.bin": [stalled(60)] * 9},
}


def main():
    hub = MockHub(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    hub.add("Systran/faster-whisper-base")
    hub.add("mock/gated", gated=True)
    for name, faults in FAULTS.items():
        hub.add(f"mock/{name}", faults=faults())
    print(f"HF_ENDPOINT={hub.url}  (token {TOKEN}; repositories: {', '.join(hub.repositories)})", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        hub.close()


if __name__ == "__main__":
    main()

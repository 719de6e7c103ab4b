"""One owner of the API, as a browser is: a session, uploads in one piece, jobs and waiting for them."""
import base64
import json
import time
import urllib.error
import urllib.request


class Owner:
    """Asks the server at `url`, which whoever inherits this knows."""

    url, token = "", ""

    def request(self, method, path, body=None, headers=None, raw=False):
        """Status, headers, and what the JSON of the answer says; raw: its bytes."""
        headers = {"X-V2T-Session": self.token, **(headers or {})}
        if isinstance(body, (dict, list)):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                content = response.read()
                return response.status, response.headers, content if raw else json.loads(content or b"null")
        except urllib.error.HTTPError as error:
            content = error.read()
            return error.code, error.headers, content if raw else json.loads(content or b"null")

    def open_session(self):
        """As a browser that was never here."""
        self.token = ""
        self.token = self.request("POST", "/api/v1/session")[2]["token"]
        return self

    def upload(self, path):
        content = path.read_bytes()
        metadata = "filename " + base64.b64encode(path.name.encode()).decode()
        status, headers, _ = self.request("POST", "/api/v1/uploads", b"", {
            "Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Upload-Metadata": metadata})
        assert status == 201
        location = headers["Location"]
        location = location[location.index("/api/"):]
        status, _, _ = self.request("PATCH", location, content, {
            "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
        assert status == 204
        return location.rsplit("/", 1)[1]

    def create_job(self, path, **settings):
        status, _, job = self.request("POST", "/api/v1/jobs", {"upload": self.upload(path), "settings": settings})
        assert status == 201, job
        return job["id"]

    def wait_for(self, job_id, condition, seconds=900):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.request("GET", f"/api/v1/jobs/{job_id}")[2]
            if condition(job):
                return job
            time.sleep(0.05)
        raise AssertionError(f"not in {seconds} s: {job}")

    def wait_until_done(self, job_id, seconds=900):
        return self.wait_for(job_id, lambda job: job["state"] in ("done", "failed", "cancelled"), seconds)

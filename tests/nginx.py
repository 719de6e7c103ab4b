"""A real reverse proxy: nginx on a free port of loopback, with the limits of a strict one."""
import shutil
import socket
import subprocess

from waiting import wait_until

CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log info;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size {body};
    client_body_timeout {seconds}s;
    location / {{
      proxy_pass {upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_read_timeout {seconds}s;
      proxy_send_timeout {seconds}s;
      proxy_request_buffering off;
      proxy_buffering off;
    }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """Before `upstream`, an address: requests larger than `body`, or silent for `seconds`, are cut."""

    def __init__(self, folder, upstream, body="32m", seconds=60):
        assert shutil.which("nginx"), "nginx is not there: run tools/setup test"
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        folder.mkdir()
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=self.port, upstream=upstream, body=body, seconds=seconds))
        self.process = subprocess.Popen(["nginx", "-p", folder, "-c", config], stderr=subprocess.DEVNULL)
        wait_until(self.listens, 30)

    def listens(self):
        assert self.process.poll() is None, (self.folder / "nginx.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.process.terminate()  # a killed nginx would leave its workers behind
        self.process.wait(timeout=30)

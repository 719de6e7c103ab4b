"""What docs/operations.md shows can be used as it is: the unit, the proxy's settings, the names of metrics."""
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
METRIC = r"(?:video2text|process)_[a-z_]+"
DOCUMENT = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"\n```{language}\n(.*?)```", DOCUMENT, re.S)[1]


def test_every_metric_is_explained_and_no_other():
    source = (ROOT / "backend/app/http/metrics_routes.cpp").read_text(encoding="utf-8")
    explained = re.findall(rf"\n\| `({METRIC})", DOCUMENT)
    assert sorted(explained) == sorted(re.findall(r'page\.begin\("([a-z0-9_]+)"', source))


def test_queries_ask_for_metrics_that_there_are():
    asked = set(re.findall(METRIC, block("promql")))
    assert asked and asked <= set(re.findall(rf"\n\| `({METRIC})", DOCUMENT))


def test_the_scrape_settings_are_yaml():
    [job] = yaml.safe_load(block("yaml"))["scrape_configs"]
    assert job["metrics_path"] == "/metrics" and job["static_configs"][0]["targets"]


def test_systemd_takes_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze")
    unit = tmp_path / "video2text.service"
    unit.write_text(re.sub("ExecStart=[^ ]*", f"ExecStart={sys.executable}", block("ini")), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_nginx_takes_its_settings(tmp_path):
    assert shutil.which("nginx"), "nginx is not there: run tools/setup test"
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=text.example.org",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = re.sub(r"(ssl_certificate) [^;]*", rf"\1 {certificate}", block("nginx"))
    server = re.sub(r"(ssl_certificate_key) [^;]*", rf"\1 {key}", server)
    paths = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = tmp_path / "nginx.conf"
    config.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {paths} {server} }}")
    done = subprocess.run(["nginx", "-t", "-p", tmp_path, "-c", config], capture_output=True, text=True)
    assert done.returncode == 0 and "successful" in done.stderr, done.stderr

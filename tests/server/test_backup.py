"""The commands of docs/operations.md for backups: taken while the server runs, they bring everything back."""
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
INSTALLED = "/var/lib/video2text"  # the data folder in the document


def backup_commands(data, backup):
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = re.search(r"\n## Backup\n.*?```sh\n(.*?)```", text, re.S)[1]
    return section.replace(INSTALLED, str(data)).replace("/backup", str(backup))


def test_a_backup_of_a_running_server_brings_texts_and_media_back(new_server, sample, tmp_path):
    server = new_server().start().open_session()
    job = server.wait_until_done(server.create_job(sample))
    assert job["state"] == "done", job
    text = server.request("GET", f"/api/v1/jobs/{job['id']}/exports/txt", raw=True)[2]

    (tmp_path / "backup").mkdir()
    subprocess.run(["sh", "-e", "-c", backup_commands(server.folder / "data", tmp_path / "backup")], check=True)
    server.request("DELETE", f"/api/v1/jobs/{job['id']}")
    assert server.request("GET", f"/api/v1/jobs/{job['id']}")[0] == 404

    second = new_server("second")
    shutil.copytree(tmp_path / "backup", second.folder / "data")
    second.start().token = server.token
    assert second.request("GET", f"/api/v1/jobs/{job['id']}/exports/txt", raw=True)[2] == text
    assert second.request("GET", f"/api/v1/jobs/{job['id']}/media", raw=True)[2] == sample.read_bytes()

"""`video2text transcribe` as its user sees it: results, messages, exit codes."""
import json
import os
import shutil
import signal
import subprocess

import pytest
from spoken import words


def test_writes_text_and_subtitles_beside_the_file(run, sample, sample_text, tmp_path):
    video = tmp_path / "Совещание №1 (запись).mp4"
    shutil.copy(sample, video)
    done = run("transcribe", video)
    assert done.returncode == 0, done.stderr
    assert words((tmp_path / "Совещание №1 (запись).txt").read_text()) == words(sample_text)
    assert " --> " in (tmp_path / "Совещание №1 (запись).srt").read_text()
    assert sorted(f.suffix for f in tmp_path.iterdir()) == [".mp4", ".srt", ".txt"]


def test_every_format_goes_into_the_folder_that_was_named(run, sample, tmp_path):
    done = run("transcribe", sample, "-o", tmp_path / "new" / "folder", "-f", "txt,srt,vtt,json,tsv", "-q")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert sorted(f.suffix for f in (tmp_path / "new" / "folder").iterdir()) == [".json", ".srt", ".tsv", ".txt", ".vtt"]
    transcript = json.loads((tmp_path / "new" / "folder" / "sample.json").read_text())
    assert transcript["language"] == "en"
    spoken = [word for segment in transcript["segments"] for word in segment["words"]]
    assert all(word["start_ms"] <= word["end_ms"] for word in spoken)
    assert all(a["end_ms"] <= b["start_ms"] for a, b in zip(spoken, spoken[1:]))


def test_reads_standard_input_and_writes_standard_output(binary, sample, sample_text):
    with open(sample, "rb") as video:
        piped = subprocess.Popen(["cat"], stdin=video, stdout=subprocess.PIPE)
        done = subprocess.run([binary, "transcribe", "-", "-o", "-", "-f", "txt"], stdin=piped.stdout,
                              capture_output=True, text=True, timeout=300)
    piped.wait()
    assert done.returncode == 0, done.stderr
    assert words(done.stdout) == words(sample_text)


def test_reads_what_the_shell_gives_as_a_pipe(binary, sample, sample_text, tmp_path):
    done = subprocess.run(["bash", "-c", '"$0" transcribe <(cat "$1") -f txt', binary, sample], cwd=tmp_path,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert words((tmp_path / "transcript.txt").read_text()) == words(sample_text)


def test_a_bad_file_does_not_stop_the_good_one(run, sample, tmp_path):
    (tmp_path / "empty.mp4").touch()
    shutil.copy(sample, tmp_path / "good.mp4")
    done = run("transcribe", tmp_path / "empty.mp4", tmp_path / "good.mp4")
    assert done.returncode == 1
    assert "empty.mp4" in done.stderr
    assert (tmp_path / "good.txt").exists()
    assert not (tmp_path / "empty.txt").exists()


def test_files_of_one_command_read_as_one_at_a_time(run, sample, tmp_path):
    clips = []
    for n, (start, seconds) in enumerate([(0, 4), (3, 5), (0, 12), (6, 3), (2, 9), (1, 30)]):
        clips.append(tmp_path / f"clip{n}.wav")
        subprocess.run(["ffmpeg", "-v", "error", "-ss", str(start), "-t", str(seconds), "-i", sample, "-ar", "16000",
                        clips[-1]], check=True)
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"not a sound")
    together = run("transcribe", *clips[:3], bad, *clips[3:], "-f", "txt,json", "-o", tmp_path / "together")
    assert together.returncode == 1
    assert "bad.wav" in together.stderr
    wrote = [line.split("/")[-1] for line in together.stderr.splitlines() if line.startswith("wrote ")]
    assert wrote == [f"clip{n}.{ending}" for n in range(len(clips)) for ending in ("txt", "json")]
    for clip in clips:
        assert run("transcribe", clip, "-f", "txt,json", "-o", tmp_path / "alone").returncode == 0
    for file in sorted((tmp_path / "alone").iterdir()):
        assert file.read_bytes() == (tmp_path / "together" / file.name).read_bytes()
    assert len(list((tmp_path / "together").iterdir())) == 2 * len(clips)


def test_ctrl_c_ends_all_files_and_the_wait_for_standard_input(binary, retold, tmp_path):
    long = tmp_path / "long.mp4"
    shutil.copy(retold(137), long)
    running = subprocess.Popen([binary, "transcribe", long, "-", "-f", "txt", "-o", tmp_path], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "-->" in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    running.wait(timeout=60)  # with its standard input still open
    assert running.returncode == 130, running.stderr.read()
    assert words((tmp_path / "long.txt").read_text())
    assert not (tmp_path / "transcript.txt").exists()


@pytest.mark.parametrize("arguments, message", [
    (["--format", "doc"], "txt, srt, vtt, json, tsv"),
    (["--language", "klingon"], "klingon"),
    (["--output-dir", "-"], "one --format"),
    (["--model", "../../etc"], "../../etc"),
])
def test_wrong_options_are_named_before_any_work(run, sample, arguments, message):
    done = run("transcribe", sample, *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_missing_file_is_named(run):
    done = run("transcribe", "/no/such/film.mp4")
    assert done.returncode == 1
    assert "/no/such/film.mp4" in done.stderr


@pytest.mark.parametrize("file, message", [("/tmp", "is a folder; give the files in it, such as /tmp/*.mp4"),
                                           ("https://example.org/film.mp4", "is an address; download it")])
def test_what_is_no_file_is_told_and_the_others_are_done(run, sample, tmp_path, file, message):
    done = run("transcribe", file, sample, "-o", tmp_path, "-f", "txt")
    assert done.returncode == 1
    assert message in done.stderr
    assert (tmp_path / "sample.txt").exists()


def test_languages_are_named_as_people_say_them(run, sample, tmp_path):
    assert run("transcribe", sample, "-o", tmp_path, "-f", "json", "--language", "English").returncode == 0
    assert json.loads((tmp_path / "sample.json").read_text())["language"] == "en"


def test_two_files_with_one_result_are_refused(run, sample):
    done = run("transcribe", sample, sample)
    assert done.returncode == 2
    assert "sample" in done.stderr


def test_without_its_model_it_says_what_to_do(run, sample, tmp_path):
    nowhere = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = run("transcribe", sample, env=nowhere)
    assert done.returncode == 3
    assert "fetch_weights base" in done.stderr


def test_ctrl_c_keeps_what_was_finished(binary, retold, tmp_path):
    long = tmp_path / "long.mp4"
    shutil.copy(retold(137), long)
    running = subprocess.Popen([binary, "transcribe", long, "-f", "txt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "-->" in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, messages = running.communicate(timeout=60)
    assert running.returncode == 130, messages
    assert words((tmp_path / "long.txt").read_text())


def test_nothing_is_heard_in_silence_and_noise(run, tmp_path):
    for name, source in {"silence": "anullsrc=d=8", "noise": "anoisesrc=d=8:a=0.1:seed=1"}.items():
        sound = tmp_path / f"{name}.wav"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-ar", "16000", sound], check=True)
        done = run("transcribe", sound, "--language", "en", "-f", "txt", "-o", "-")
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == ""

"""`video2text convert`: every format that we write, read by another program; mistakes in words."""
import csv
import json
import subprocess

import docx
import pytest

WORDS = "When the rain had stopped, we all went out for a walk in New York. It was \"cold\" & <dark>.".split()


@pytest.fixture
def transcript(tmp_path):
    """Two segments with words, and one without text."""
    words = [{"start_ms": 1000 + 300 * i, "end_ms": 1300 + 300 * i, "text": " " + word, "probability": 0.9}
             for i, word in enumerate(WORDS)]

    def segment(part):
        return {"window": 0, "start_ms": part[0]["start_ms"], "end_ms": part[-1]["end_ms"], "words": part,
                "text": "".join(word["text"] for word in part).strip()}

    value = {"name": "Прогулка.mp4", "language": "en", "segments": [segment(words[:14]), segment(words[14:])]}
    path = tmp_path / "talk.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def probe(path):
    """Cues as ffprobe sees them: start and end in milliseconds."""
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "json",
                           path], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    packets = json.loads(done.stdout)["packets"]
    return [(round(1000 * float(p["pts_time"])), round(1000 * (float(p["pts_time"]) + float(p["duration_time"]))))
            for p in packets]


def text_by_ffmpeg(path):
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "srt", "-"], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    lines = [line for line in done.stdout.splitlines() if line and "-->" not in line and not line.isdigit()]
    return " ".join(lines)


@pytest.mark.parametrize("name, options", [
    ("a.srt", []), ("a.vtt", []), ("a.vtt", ["--words"]), ("a.ass", []), ("a.ass", ["--no-words"]),
    ("a.srt", ["--preset", "netflix"]), ("a.srt", ["--line-columns", "20", "--max-lines", "1"]),
])
def test_ffmpeg_reads_every_kind_of_subtitles(run, transcript, tmp_path, name, options):
    out = tmp_path / name
    done = run("convert", transcript, out, *options)
    assert done.returncode == 0, done.stderr
    cues = probe(out)
    assert cues and all(start < end for start, end in cues)
    assert all(a[1] <= b[0] for a, b in zip(cues, cues[1:]))
    shown = text_by_ffmpeg(out).replace("<font face=\"Arial\" size=\"60\" color=\"#ffe600\">", "").replace("</font>", "")
    for word in WORDS[:14]:
        assert word in shown


def test_a_document_opens_in_python_docx(run, transcript, tmp_path):
    out = tmp_path / "talk.docx"
    assert run("convert", transcript, out, "--layout", "times").returncode == 0
    document = docx.Document(str(out))
    assert document.core_properties.title == "Прогулка.mp4"
    assert [p.style.name for p in document.paragraphs] == ["Title", "Normal", "Normal"]
    assert document.paragraphs[1].text == "[00:01] " + " ".join(WORDS[:14])
    assert document.paragraphs[2].text == "[00:05] " + " ".join(WORDS[14:])


def test_tables_are_read_by_pythons_csv_module(run, transcript, tmp_path):
    assert run("convert", transcript, tmp_path / "talk.csv", tmp_path / "talk.tsv").returncode == 0
    with open(tmp_path / "talk.csv", encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["text"] for row in rows] == [" ".join(WORDS[:14]), " ".join(WORDS[14:])]
    assert rows[0]["start_ms"] == "1000" and rows[0]["start"] == "00:00:01.000"
    with open(tmp_path / "talk.tsv", encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, dialect="excel-tab", quoting=csv.QUOTE_NONE))
    assert rows[1]["end"] == str(1000 + 300 * len(WORDS))


def test_cues_stay_as_they_are_until_a_rule_is_given(run, tmp_path):
    (tmp_path / "a.srt").write_text("7\n00:00:01,000 --> 00:00:01,200\nOne <i>two</i>\nthree\nfour\n")
    assert run("convert", tmp_path / "a.srt", tmp_path / "b.vtt").returncode == 0
    assert (tmp_path / "b.vtt").read_text() == "WEBVTT\n\n00:00:01.000 --> 00:00:01.200\nOne two\nthree\nfour\n"
    assert run("convert", tmp_path / "a.srt", tmp_path / "c.srt", "--preset", "ted").returncode == 0
    assert (tmp_path / "c.srt").read_text().endswith("\nOne two three four\n")


def test_reads_standard_input_and_writes_standard_output(run, transcript):
    done = run("convert", "-", "-", "--from", "json", "--format", "lrc", input=transcript.read_text())
    assert done.returncode == 0, done.stderr
    assert "[00:01.00]When the rain had stopped," in done.stdout


@pytest.mark.parametrize("name, content, message", [
    ("a.srt", "1\n00:00:01 -> 2\na\n", "no subtitle was found"),
    ("a.srt", "1\n00:00:01 --> 2\na\n", "a.srt: line 2"),
    ("a.vtt", "1\n", "begins with WEBVTT"),
    ("a.json", "{\"segments\": 1}", "segments: takes a list"),
    ("a.json", "[" * 100000, "damaged"),
    ("a.doc", "", "--from"),
])
def test_what_cannot_be_read_is_named(run, tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    done = run("convert", tmp_path / name, tmp_path / "out.txt")
    assert done.returncode == 2
    assert message in done.stderr
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize("arguments, message", [
    (["out.pdf"], "txt, srt, vtt, json, tsv, csv, docx, ass, lrc"),
    (["out.srt", "--preset", "hbo"], "standard, netflix, bbc, ted, youtube"),
    (["out.srt", "--line-columns", "3"], "line_columns takes a number from 10 to 200"),
    (["out.txt", "--layout", "x"], "plain, times or paragraphs"),
    (["talk.json"], "is the file that is read"),
])
def test_wrong_wishes_are_named(run, transcript, tmp_path, arguments, message):
    done = run("convert", transcript, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr

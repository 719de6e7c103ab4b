"""The same model in the formats of others gives the same text: `base`, rewritten by tools/reference/weight_files.py."""
import os
import pathlib
import shutil
import subprocess

import pytest
from spoken import words

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WRITER = ROOT / "tools" / "reference" / "weight_files.py"
FORMATS = [("safetensors", "float32", "1"), ("safetensors", "float16", "1"), ("safetensors", "bfloat16", "3"),
           ("ggml", "f16"), ("ggml", "q8_0"), ("ggml", "q5_1"), ("ggml", "q5_0"), ("ggml", "q4_0")]


@pytest.fixture(scope="module")
def base(binary):
    """The folder of base's CTranslate2 weights; skipped where it is not in that layout."""
    listed = subprocess.run([binary, "models", "list"], capture_output=True, text=True, timeout=60).stdout
    row = next(line.split(maxsplit=3) for line in listed.splitlines() if line.startswith("base "))
    folder = pathlib.Path(row[-1])
    if not (folder / "model.bin").exists():
        pytest.skip("base is not here")
    return folder


def rewrite(base, folder, form):
    subprocess.run(["/usr/bin/python3", WRITER, base, folder, *form], check=True, timeout=300)


@pytest.mark.parametrize("form", FORMATS, ids="-".join)
def test_every_format_gives_the_text_of_the_sample(run, base, sample, sample_text, form, tmp_path):
    rewrite(base, tmp_path / "model", form)
    done = run("transcribe", sample, "--model", tmp_path / "model", "-o", tmp_path, "-f", "txt")
    assert done.returncode == 0, done.stderr
    assert words((tmp_path / "sample.txt").read_text()) == words(sample_text)


def test_wide_floats_give_the_result_of_the_original_to_the_letter(run, base, sample, tmp_path):
    """float16 weights of CTranslate2, the same numbers in float32 and float16: words, times and probabilities agree."""
    rewrite(base, tmp_path / "wide", ("safetensors", "float32"))
    rewrite(base, tmp_path / "half", ("safetensors", "float16", "2"))
    outputs = []
    for name, model in (("original", base), ("wide", tmp_path / "wide"), ("half", tmp_path / "half")):
        done = run("transcribe", sample, "--model", model, "-o", tmp_path / ("out-" + name), "-f", "srt,tsv")
        assert done.returncode == 0, done.stderr
        outputs.append([(tmp_path / ("out-" + name) / f"sample.{kind}").read_text() for kind in ("srt", "tsv")])
    assert outputs[0] == outputs[1] == outputs[2]


def test_our_own_ggml_file_is_read_by_its_path_and_by_its_name(run, base, sample, sample_text, tmp_path):
    file = tmp_path / "cache" / "local" / "ggml-mine.bin"
    file.parent.mkdir(parents=True)
    done = run("models", "convert", "base", file, "--type", "q5_1")
    assert done.returncode == 0, done.stderr
    assert 50_000_000 < file.stat().st_size < 70_000_000
    cached = {**os.environ, "WHISPER_CACHE_DIR": str(tmp_path / "cache")}
    assert "ggml-mine" in run("models", "list", env=cached).stdout
    for model, environment in ((file, os.environ), ("ggml-mine", cached)):
        done = run("transcribe", sample, "--model", model, "-o", "-", "-f", "txt", env=environment)
        assert done.returncode == 0, done.stderr
        assert words(done.stdout) == words(sample_text)


def test_damaged_files_are_named_with_the_remedy(run, base, sample, tmp_path):
    ggml = tmp_path / "ggml-cut.bin"
    assert run("models", "convert", "base", ggml, "--type", "q8_0").returncode == 0
    os.truncate(ggml, ggml.stat().st_size - 100)
    done = run("transcribe", sample, "--model", ggml)
    assert done.returncode == 3
    assert "ggml-cut.bin" in done.stderr and "get it again" in done.stderr
    rewrite(base, tmp_path / "model", ("safetensors", "float16", "2"))
    (tmp_path / "model" / "model-00002-of-00002.safetensors").unlink()
    done = run("transcribe", sample, "--model", tmp_path / "model")
    assert done.returncode == 3
    assert "model-00002-of-00002.safetensors" in done.stderr


def test_a_folder_without_its_tokenizer_says_so(run, base, sample, tmp_path):
    shutil.copy(base / "config.json", tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"x")
    done = run("transcribe", sample, "--model", tmp_path)
    assert done.returncode == 3
    assert "tokenizer.json" in done.stderr


@pytest.mark.parametrize("type_name", ["q3_k", ""])
def test_convert_refuses_other_types(run, type_name, tmp_path):
    assert run("models", "convert", "base", tmp_path / "x.bin", "--type", type_name).returncode == 2

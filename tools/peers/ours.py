"""Our program in a bench: its options, the recordings it is given, and what it makes of them."""
import argparse
import json
import os
import pathlib
import subprocess
import sys

from peers.audio import SPEECH, TREE, manifest


def built_program(path):
    if not pathlib.Path(path).exists():
        raise argparse.ArgumentTypeError(f"{path} is not there: build it first (make build)")
    return pathlib.Path(path)


def parser(describe):
    """With --program and --model, and what the bench says of itself."""
    options = argparse.ArgumentParser(description=describe, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", type=built_program,
                         default=os.environ.get("V2T_BINARY", str(TREE / "build" / "dev" / "video2text")))
    options.add_argument("--model", default="base")
    return options


def parser_over_speech(describe):
    """With --speech too, a folder with manifest.jsonl and the recordings that it names."""
    options = parser(describe)
    options.add_argument("--speech", type=pathlib.Path, default=SPEECH)
    return options


def recordings(arguments):
    """Of --speech: file -> its row of the manifest; ends this program where there is none."""
    rows = manifest(arguments.speech)
    if not rows:
        sys.exit(f"{arguments.speech / 'manifest.jsonl'} is not there: give the folder of recordings with --speech")
    return rows


def is_trusted(row):
    """Whether the manifest's text is known to be what is said."""
    return (row.get("trust") or "").startswith(("dataset reference", "text that was read"))


def language_of(row):
    """None where the manifest names none, or several."""
    return row["lang"] if row.get("lang") not in ("", None, "multi") else None


def transcribe(arguments, files, folder, language=None, formats="json", more=()):
    """Writes what is said in the files to the folder; whether that could be done with all of them."""
    command = [arguments.program, "transcribe", "--quiet", "--model", arguments.model, "--format", formats, "--output-dir",
               folder, *more]
    command += ["--language", language] if language else []
    return subprocess.run([*command, *files]).returncode == 0


def transcripts(arguments, files, folder, language=None, more=()):
    """[what the program writes as JSON] of the files; ends this program when one could not be transcribed."""
    if not transcribe(arguments, files, folder, language, more=more):
        sys.exit("video2text could not transcribe all of " + ", ".join(map(str, files)))
    return [json.loads((folder / f"{file.stem}.json").read_text(encoding="utf-8")) for file in files]


def text_of(transcript):
    return " ".join(segment["text"] for segment in transcript["segments"])

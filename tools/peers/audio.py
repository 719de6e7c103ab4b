"""What the engines are given: the long speech, cut or repeated to a length, and short clips."""
import json
import os
import pathlib
import subprocess
import wave

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
SPEECH = pathlib.Path(os.environ.get("V2T_SHARED", TREE.parent / "shared")) / "speech"
SAMPLE = TREE / "tools" / "sample" / "sample.mp4"
RATE = 16000
SENTENCES = ["The first clip says what day it is, and what the weather will be like in the afternoon.",
             "Nobody knew who had left the door open, so we closed it and went on with our work.",
             "Short sentences are heard as well as long ones.",
             "There were seven of them at the table, and the eighth came only when the others had left the room."]


def find_audio(arguments):
    if arguments.audio:
        return arguments.audio, arguments.text.read_text(encoding="utf-8") if arguments.text else ""
    rows = manifest()
    if rows:
        return SPEECH / "long/long10-en.m4a", rows["long/long10-en.m4a"]["transcript"]
    return SAMPLE, SAMPLE.with_suffix(".txt").read_text(encoding="utf-8")


def manifest(folder=SPEECH):
    """File in the folder -> its row; empty where there is no manifest."""
    path = folder / "manifest.jsonl"
    if not path.exists():
        return {}
    return {row["file"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def find_clips(folder):
    """[(file, seconds, what is said)]: English recordings of 3 to 10 seconds; where there are none, espeak-ng speaks some, into the folder."""
    rows = [row for name, row in sorted(manifest().items()) if name.startswith("en/")]
    clips = [(SPEECH / row["file"], row["duration_s"], row["transcript"] or "") for row in rows
             if 3 <= row["duration_s"] <= 10]
    return clips or [spoken_clip(n, folder / f"clip{n}.wav") for n in range(20)]


def spoken_clip(number, path):
    text, speed = SENTENCES[number % len(SENTENCES)], 140 + 5 * (number // len(SENTENCES))
    subprocess.run(["espeak-ng", "-v", "en", "-s", str(speed), "-w", path, text], check=True)
    with wave.open(str(path)) as file:
        return path, file.getnframes() / file.getframerate(), text


def samples_of(path):
    import numpy
    from faster_whisper.audio import decode_audio
    return (numpy.clip(decode_audio(str(path)), -1, 1) * 32767).astype("<i2")


def write_minutes(samples, minutes, path):
    import numpy
    return write_wave(numpy.resize(samples, int(minutes * 60 * RATE)), path)


def write_wave(samples, path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path

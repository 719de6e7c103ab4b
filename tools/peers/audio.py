"""What the engines are given: the long speech, cut or repeated to a length, and short clips."""
import json
import os
import pathlib
import wave

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
SPEECH = pathlib.Path(os.environ.get("V2T_SHARED", TREE.parent / "shared")) / "speech"
SAMPLE = TREE / "tools" / "sample" / "sample.mp4"
RATE = 16000


def find_audio(arguments):
    if arguments.audio:
        return arguments.audio, arguments.text.read_text(encoding="utf-8") if arguments.text else ""
    rows = manifest()
    if rows:
        return SPEECH / "long/long10-en.m4a", rows["long/long10-en.m4a"]["transcript"]
    return SAMPLE, SAMPLE.with_suffix(".txt").read_text(encoding="utf-8")


def manifest():
    """File in SPEECH -> its row; empty where there is no such folder."""
    path = SPEECH / "manifest.jsonl"
    if not path.exists():
        return {}
    return {row["file"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def find_clips(folder):
    """[(file, seconds, text or "")]: English recordings of 3 to 10 seconds; else the sample in pieces, written to folder."""
    rows = [row for name, row in sorted(manifest().items()) if name.startswith("en/")]
    clips = [(SPEECH / row["file"], row["duration_s"], row["transcript"] or "") for row in rows
             if 3 <= row["duration_s"] <= 10]
    if clips:
        return clips
    samples, length = samples_of(SAMPLE), 7 * RATE
    pieces = [samples[at:at + length] for at in range(0, len(samples) - length + 1, length)]
    return [(write_wave(piece, folder / f"clip{n}.wav"), 7.0, "") for n, piece in enumerate(pieces)]


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

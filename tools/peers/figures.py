"""Error rates, tables, and what they were measured on."""
import math
import pathlib


def error_rate(reference, text):
    """Of the words of `text` against the same part of the reference: what was cut off or repeated is no error."""
    import jiwer
    from whisper_normalizer.english import EnglishTextNormalizer
    normalise = EnglishTextNormalizer()
    spoken, heard = normalise(reference).split(), normalise(text).split()
    if not spoken or not heard:
        return None
    spoken *= math.ceil(1.2 * len(heard) / len(spoken))
    lengths = range(max(1, int(0.9 * len(heard))), int(1.1 * len(heard)) + 2)
    rates = ((jiwer.process_words(" ".join(spoken[:n]), " ".join(heard)), n) for n in (len(heard), *lengths[::5]))
    return min((out.substitutions + out.deletions + out.insertions) / n for out, n in rates)


def error_rate_of_pairs(pairs):
    """Of [(what is said, what was heard)], all words together."""
    import jiwer
    from whisper_normalizer.english import EnglishTextNormalizer
    normalise = EnglishTextNormalizer()
    return jiwer.wer([normalise(said) for said, _ in pairs], [normalise(heard) for _, heard in pairs])


def table(rows):
    header, *body = rows
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [header, ["---"] * len(header), *body])


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "an unnamed processor"


def versions():
    from importlib.metadata import PackageNotFoundError, version
    found = []
    for package in ("faster-whisper", "ctranslate2", "pywhispercpp", "openvino-genai"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            pass
    return ", ".join(found)

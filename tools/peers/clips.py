"""Short clips: what an engine that is loaded takes from getting a file to giving its text.

Ours is measured twice. `transcribe` of all clips, which works on several at once: from one "wrote" line to the next, a
throughput and no latency. `serve`: a request of OpenAI's API on loopback for each clip, sent when the answer to the
last one is there; upload, job in the database and decoding child process are in it. The peers are called in their process
with the file's path, one call after another. The first clip of each process is left out: it warms up.
"""
import http.client
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

from peers import audio, figures, processes


class Server:
    """`video2text serve` on a free port of loopback, with data of its own that are gone afterwards."""

    def __init__(self, program, model):
        self.program, self.model = program, model

    def __enter__(self):
        self.data = tempfile.TemporaryDirectory()
        command = [*processes.prefix(), self.program, "serve", "--port", "0", "--data-dir", self.data.name, "--model",
                   self.model, "--log-level", "warning"]
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "http://" not in line:
            self.__exit__()
            sys.exit("video2text serve did not start")
        address = line.split("http://", 1)[1].split()[0].rstrip("/")
        self.connection = http.client.HTTPConnection(address, timeout=600)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.data.cleanup()

    def transcribe(self, path):
        boundary = uuid.uuid4().hex
        fields = {"model": "whisper-1", "language": "en", "response_format": "text"}
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]
        name = pathlib.Path(path).name
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode())
        body = b"".join([*parts, pathlib.Path(path).read_bytes(), f"\r\n--{boundary}--\r\n".encode()])
        self.connection.request("POST", "/v1/audio/transcriptions", body,
                                {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            sys.exit(f"video2text serve answered {answer.status} for {path}: {text}")
        return text


def transcribed(program, model, files, folder):
    out = folder / "clips"
    command = [*processes.prefix(), program, "transcribe", "--model", model, "--language", "en", "-f", "txt", "-o", out,
               *files]
    times, last = [], time.perf_counter()
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr:
            if line.startswith("wrote "):
                now = time.perf_counter()
                times.append(now - last)
                last = now
    if process.returncode != 0 or len(times) != len(files):
        sys.exit(f"video2text transcribe ended with {process.returncode} after {len(times)} of {len(files)} clips")
    texts = [(out / (pathlib.Path(file).stem + ".txt")).read_text(encoding="utf-8") for file in files]
    return [{"seconds": seconds, "text": text} for seconds, text in zip(times, texts)]


def served(program, model, files):
    results = []
    with Server(program, model) as server:
        for file in files:
            start = time.perf_counter()
            text = server.transcribe(file)
            results.append({"seconds": time.perf_counter() - start, "text": text})
    return results


def measure(models, arguments, folder):
    """(clips, engine -> [results of a round]), rounds interleaved. models: of the peers."""
    clips = audio.find_clips(folder)
    files = [clip[0] for clip in clips]
    run = {"ours": lambda: transcribed(arguments.program, arguments.model, files, folder),
           "served": lambda: served(arguments.program, arguments.model, files)}
    for engine, model in models.items():
        run[engine] = lambda engine=engine, model=model: processes.run_peer_on_files(engine, model, files, folder)[0]
    rounds = {engine: [] for engine in run}
    for number in range(arguments.rounds):
        for engine in run:
            rounds[engine].append(run[engine]())
            print(f"round {number + 1}: {engine}: {sum(r['seconds'] for r in rounds[engine][-1]):.2f} s", file=sys.stderr)
    return clips, rounds


def report(clips, rounds, titles):
    """What was measured, and a table: times real time, latencies, how much longer than ours, errors."""
    lengths = [seconds for _, seconds, _ in clips]
    warm = {engine: [[r["seconds"] for r in results[1:]] for results in found] for engine, found in rounds.items()}
    total = {engine: statistics.median(map(sum, found)) for engine, found in warm.items()}
    rows = [["engine", "x real time", "latency: median", "95th percentile", "time, of transcribe's", "of serve's",
             "word errors, %"]]
    for engine, found in rounds.items():
        latencies = sorted(1000 * seconds for times in warm[engine] for seconds in times)
        pairs = [(text, result["text"]) for (_, _, text), result in zip(clips, found[-1]) if text]
        median, late = statistics.median(latencies), latencies[int(0.95 * len(latencies))]
        works_on_several = engine == "ours"
        rows.append([titles[engine], f"{sum(lengths[1:]) / total[engine]:.1f}",
                     "-" if works_on_several else f"{median:.0f} ms", "-" if works_on_several else f"{late:.0f} ms",
                     f"{total[engine] / total['ours']:.1f}",
                     f"{total[engine] / total['served']:.1f}",
                     f"{100 * figures.error_rate_of_pairs(pairs):.2f}" if pairs else "-"])
    what = f"{len(clips)} clips of {min(lengths):.1f} to {max(lengths):.1f} s, {statistics.mean(lengths):.1f} s on average"
    return what, figures.table(rows)

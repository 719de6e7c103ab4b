#!/usr/bin/env python3
"""One peer in a process of its own: the model is loaded once, then the files are transcribed one after another.

  engines.py NAME MODEL OUT FILE...   OUT: JSON, for each file the seconds from its path to its text, and the text

NAME: a key of PEERS. MODEL: a folder with CTranslate2 weights for fw, fw8 and fw2x1, a ggml file for wcpp, a folder of
OpenVINO models for ov. Runs in build/peers-venv.
"""
import json
import os
import pathlib
import sys
import threading
import time

N_THREADS = 2


def faster_whisper(model, threads=N_THREADS, workers=1, batch=0):
    from faster_whisper import BatchedInferencePipeline, WhisperModel
    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads, num_workers=workers)
    options = dict(beam_size=1, temperature=0.0, language="en")
    if batch:
        pipeline = BatchedInferencePipeline(whisper)
        return lambda audio: " ".join(s.text for s in pipeline.transcribe(audio, batch_size=batch, **options)[0])
    options["condition_on_previous_text"] = False
    return lambda audio: " ".join(s.text for s in whisper.transcribe(audio, **options)[0])


def in_halves(run):
    def transcribe(path):
        from faster_whisper.audio import decode_audio
        audio, texts = decode_audio(path), [None, None]
        halves = (audio[:len(audio) // 2], audio[len(audio) // 2:])

        def work(i):
            texts[i] = run(halves[i])

        threads = [threading.Thread(target=work, args=(i,)) for i in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return " ".join(texts)
    return transcribe


def whisper_cpp(model):
    from faster_whisper.audio import decode_audio
    from pywhispercpp.model import Model
    whisper = Model(model, n_threads=N_THREADS, print_progress=False, print_realtime=False,
                    redirect_whispercpp_logs_to=None)
    return lambda path: " ".join(s.text for s in whisper.transcribe(decode_audio(path), language="en"))


def openvino(model):
    import openvino_genai
    from faster_whisper.audio import decode_audio
    pipeline = openvino_genai.WhisperPipeline(model, "CPU", INFERENCE_NUM_THREADS=N_THREADS)
    return lambda path: str(pipeline.generate(decode_audio(path), language="<|en|>", task="transcribe",
                                              return_timestamps=True))


PEERS = {"fw": faster_whisper, "fw8": lambda model: faster_whisper(model, batch=8),
         "fw2x1": lambda model: in_halves(faster_whisper(model, threads=1, workers=2, batch=8)),
         "wcpp": whisper_cpp, "ov": openvino}


def main(name, model, out, *files):
    if "avx512_vnni" in pathlib.Path("/proc/cpuinfo").read_text():
        os.environ.setdefault("CT2_FORCE_CPU_ISA", "AVX512")  # CTranslate2 takes AVX2 on AMD by itself
    transcribe = PEERS[name](model)
    results = []
    for file in files:
        start = time.perf_counter()
        text = transcribe(file)
        results.append({"seconds": time.perf_counter() - start, "text": text})
    pathlib.Path(out).write_text(json.dumps(results), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What the image needs on machines of several sizes: real speech converted with the model base within limits of
processors and memory. Prints the rows of the table in docs/operations.md. Run by `tools/image_test --sizes`.
"""
import time

import pytest
from image.container import Limits, resident_peak, tell

GIB = 1 << 30
SIZES = [(0.5, GIB // 2), (1, GIB), (2, GIB), (2, 16 * GIB)]


@pytest.fixture(scope="module")
def speech_file(speech):
    folder, _ = speech
    return folder / "long/long10-en.m4a"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Volumes of all sizes: the model is downloaded once."""
    folder = tmp_path_factory.mktemp("kept")
    folder.chmod(0o755)
    return folder


@pytest.mark.parametrize(("processors", "memory"), SIZES)
def test_a_long_recording_is_converted(processors, memory, new_container, kept, speech_file):
    limits = Limits("v2t-image-sizes", memory, processors)
    try:
        container = new_container(kept, limits, WHISPER_THREADS="").start()
        container.wait_for_page()
        container.wait_until_ready()
        container.open_session()
        begin = time.monotonic()
        job = container.wait_until_done(container.create_job(speech_file))
        seconds = time.monotonic() - begin
        assert job["state"] == "done", job
        threads = container.log().split(" info processor: ")[-1].split("\n")[0]
        program, group = resident_peak(container.first_process()) >> 10, limits.peak_memory() >> 20
        tell(f"| {processors:g} | {memory / GIB:g} GiB | {threads} | {seconds:.1f} s | {job['duration_ms'] / 1000 / seconds:.0f}x "
             f"| {program} MiB | {group} MiB |")
        container.stop()
    finally:
        limits.remove()

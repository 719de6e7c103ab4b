"""OpenAI's client for Node against the real server."""
import pytest
from spoken import words


def test_every_format(node, server, key, clip, sample_text):
    steps = [{"call": "transcriptions", "file": str(clip), "options": options} for options in (
        {}, {"response_format": "verbose_json"},
        {"response_format": "verbose_json", "timestamp_granularities": ["word"]},
        {"response_format": "verbose_json", "timestamp_granularities": ["word", "segment"]},
        {"response_format": "text"}, {"response_format": "srt"}, {"response_format": "vtt"},
        {"include": ["logprobs"]}, {"stream": True})]
    steps.append({"call": "translations", "file": str(clip)})
    plain, verbose, with_words, both, text, srt, vtt, logprobs, events, english = (
        outcome["value"] for outcome in node(server.url, key, *steps))
    assert words(plain["text"]) == words(sample_text)
    assert verbose["segments"] and "words" not in verbose and verbose["language"] == "english"
    assert with_words["words"] and "segments" not in with_words
    assert both["words"] and both["segments"]
    assert words(text) == words(sample_text)
    assert srt.lstrip().startswith("1\n00:00:0") and vtt.startswith("WEBVTT\n\n")
    assert logprobs["logprobs"][0]["logprob"] <= 0
    assert "".join(event["delta"] for event in events[:-1]) == events[-1]["text"]
    assert events[-1]["type"] == "transcript.text.done"
    assert english["text"]


def test_a_stream_of_unknown_length_and_a_buffer(node, server, key, clip, sample_text):
    chunked, whole = node(server.url, key, {"call": "transcriptions", "file": str(clip)},
                          {"call": "transcriptions", "file": str(clip), "stream": False})
    assert words(chunked["value"]["text"]) == words(whole["value"]["text"]) == words(sample_text)


def test_models(node, server, key):
    listed, one, none = node(server.url, key, {"call": "models"}, {"call": "model", "id": "whisper-1"},
                             {"call": "model", "id": "nobody/nothing"})
    assert "whisper-1" in listed["value"]
    assert one["value"]["object"] == "model"
    assert none["error"]["name"] == "NotFoundError"


@pytest.mark.parametrize("options, param", [
    ({"response_format": "diarized_json"}, "response_format"),
    ({"temperature": 3}, "temperature"),
    ({"response_format": "text", "timestamp_granularities": ["word"]}, "timestamp_granularities[]"),
])
def test_errors_name_the_parameter(node, server, key, clip, options, param):
    (refused,) = node(server.url, key, {"call": "transcriptions", "file": str(clip), "options": options})
    error = refused["error"]
    assert (error["name"], error["status"], error["param"]) == ("BadRequestError", 400, param)
    assert error["type"] == "invalid_request_error" and error["code"] == "invalid_argument" and error["requestID"]


def test_no_audio_and_no_key(node, server, key):
    empty, garbage = node(server.url, key, {"call": "transcriptions", "bytes": ""},
                          {"call": "transcriptions", "bytes": "this is no sound at all. " * 50})
    assert empty["error"]["param"] == garbage["error"]["param"] == "file"
    (refused,) = node(server.url, "v2t_wrong", {"call": "models"})
    assert refused["error"]["name"] == "AuthenticationError"

"""OpenAI's client for Python against the real server: every format, every class of error."""
import io

import httpx2 as httpx
import openai
import pytest
from spoken import words


def transcribe(client, file, **options):
    return client.audio.transcriptions.create(file=file, model=options.pop("model", "whisper-1"), **options)


def test_json(client, clip, sample_text):
    answer = transcribe(client, clip)
    assert words(answer.text) == words(sample_text)
    assert answer.usage.type == "duration" and answer.usage.seconds == 15
    assert answer.to_dict()["languages"] == [{"code": "en"}]


def test_verbose_json_has_segments(client, clip):
    answer = transcribe(client, clip, response_format="verbose_json")
    assert (answer.language, answer.to_dict()["task"]) == ("english", "transcribe")
    assert 14 < answer.duration < 15
    assert answer.words is None
    assert "".join(segment.text for segment in answer.segments).strip() == answer.text
    for number, segment in enumerate(answer.segments):
        assert segment.id == number and segment.text.startswith(" ")
        assert segment.start < segment.end and segment.tokens
        assert segment.avg_logprob < 0 and segment.compression_ratio > 0
        assert 0 <= segment.no_speech_prob <= 1 and segment.seek >= 0 and segment.temperature == 0


def test_verbose_json_with_words_alone(client, clip, sample_text):
    answer = transcribe(client, clip, response_format="verbose_json", timestamp_granularities=["word"])
    assert answer.segments is None
    assert words(" ".join(word.word for word in answer.words)) == words(sample_text)
    assert all(word.word == word.word.strip() and word.start <= word.end for word in answer.words)


def test_verbose_json_with_both(client, clip):
    answer = transcribe(client, clip, response_format="verbose_json", timestamp_granularities=["word", "segment"])
    assert answer.segments and answer.words


def test_text_srt_and_vtt_are_strings(client, clip, sample_text):
    assert words(transcribe(client, clip, response_format="text")) == words(sample_text)
    assert transcribe(client, clip, response_format="srt").lstrip().startswith("1\n00:00:0")
    assert transcribe(client, clip, response_format="vtt").startswith("WEBVTT\n\n")


def test_logprobs(client, clip):
    answer = transcribe(client, clip, include=["logprobs"])
    heard = b"".join(bytes(int(b) for b in score.bytes) for score in answer.logprobs).decode()
    assert heard.strip() == answer.text
    assert all(score.logprob <= 0 for score in answer.logprobs)


@pytest.mark.parametrize("include", [[], ["logprobs"]])
def test_stream(client, clip, sample_text, include):
    events = list(transcribe(client, clip, stream=True, include=include))
    assert [event.type for event in events].count("transcript.text.done") == 1
    assert events[-1].type == "transcript.text.done"
    assert "".join(event.delta for event in events[:-1]) == events[-1].text
    assert words(events[-1].text) == words(sample_text)
    assert bool(events[0].logprobs) == bool(events[-1].logprobs) == bool(include)


def test_translation(client, clip):
    answer = client.audio.translations.create(file=clip, model="whisper-1", response_format="verbose_json")
    assert answer.language == "english" and answer.segments
    assert client.audio.translations.create(file=clip, model="whisper-1").text


def test_prompt_temperature_language_keywords_and_what_nobody_knows(client, clip, sample_text):
    answer = transcribe(client, clip, language="en", prompt="A short video.", temperature=0, chunking_strategy="auto",
                        extra_body={"keywords[]": ["garden"], "nested": {"k": 1}})
    assert words(answer.text) == words(sample_text)


def test_file_without_a_name(client, clip, sample_text):
    assert words(transcribe(client, io.BytesIO(clip.read_bytes())).text) == words(sample_text)


def test_body_of_unknown_length(server, key, clip, sample_text):
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    tail = b'\r\n--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--b--\r\n'
    reply = httpx.post(server.url + "/v1/audio/transcriptions", content=iter([head, clip.read_bytes(), tail]),
                       headers={"X-API-Key": key, "Content-Type": "multipart/form-data; boundary=b"}, timeout=120)
    assert words(reply.json()["text"]) == words(sample_text)


def test_models(client):
    ids = [model.id for model in client.models.list()]
    assert "whisper-1" in ids and "base" in ids
    model = client.models.retrieve("base")
    assert (model.id, model.object) == ("base", "model") and model.created > 0
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-17")


def test_diarized_json_is_a_clear_400(client, clip):
    with pytest.raises(openai.BadRequestError) as refused:
        transcribe(client, clip, response_format="diarized_json", chunking_strategy="auto")
    assert refused.value.param == "response_format" and "speakers" in refused.value.message
    with pytest.raises(openai.BadRequestError):
        transcribe(client, clip, response_format="diarized_json", stream=True)


@pytest.mark.parametrize("options, param", [
    ({"response_format": "srt", "timestamp_granularities": ["word"]}, "timestamp_granularities[]"),
    ({"temperature": 7}, "temperature"),
    ({"language": "klingon"}, "language"),
    ({"response_format": "xml"}, "response_format"),
    ({"model": "a/b/c"}, "model"),
])
def test_bad_parameters_are_named(client, clip, options, param):
    with pytest.raises(openai.BadRequestError) as refused:
        transcribe(client, clip, **options)
    error = refused.value
    assert (error.param, error.type) == (param, "invalid_request_error")
    assert set(error.response.json()["error"]) == {"message", "type", "param", "code"}
    assert error.response.headers["x-request-id"] == error.request_id
    assert error.response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("content", [b"", b"this is no sound at all. " * 50])
def test_files_that_are_no_audio(server, client, content):
    with pytest.raises(openai.BadRequestError) as refused:
        transcribe(client, ("clip.mp3", content))
    assert refused.value.param == "file"
    assert server.media_files() == []


def test_a_wrong_key_is_refused(server, client, clip):
    with pytest.raises(openai.AuthenticationError) as refused:
        transcribe(server.client("v2t_" + "a" * 52), clip)
    assert refused.value.code == "unauthorized" and refused.value.type == "authentication_error"
    client.models.list()


def test_a_revoked_key_is_refused_by_the_running_server(server):
    key = server.keys("create", "guest").stdout.strip()
    server.client(key).models.list()
    server.keys("revoke", "guest")
    with pytest.raises(openai.AuthenticationError):
        server.client(key).models.list()


def test_nothing_is_left_of_a_request_unless_it_is_to_be_kept(server, client, key, clip):
    transcribe(client, clip)
    assert server.media_files() == []
    jobs = httpx.get(server.url + "/api/v1/jobs", headers={"Authorization": "Bearer " + key}).json()
    assert jobs["jobs"] == []
    kept = client.audio.transcriptions.with_raw_response.create(file=clip, model="whisper-1", extra_body={"keep": True})
    job = httpx.get(server.url + "/api/v1/jobs/" + kept.headers["X-V2T-Job"], headers={"X-API-Key": key}).json()
    assert (job["state"], job["name"]) == ("done", "clip.mp3")
    httpx.delete(server.url + "/api/v1/jobs/" + job["id"], headers={"X-API-Key": key})
    assert server.media_files() == []


def test_a_server_without_keys_takes_any(new_server, clip, sample_text):
    assert words(transcribe(new_server().client("sk-none"), clip).text) == words(sample_text)


def test_others_need_a_key_unless_told_otherwise(new_server, clip):
    closed = new_server("--host", "0.0.0.0")
    with pytest.raises(openai.AuthenticationError):
        closed.client("sk-none").models.list()
    assert "there is no API key" in closed.log.read_text()
    new_server("--host", "0.0.0.0", V2T_OPEN_API="1").client("sk-none").models.list()
    given = new_server("--host", "0.0.0.0", V2T_API_KEYS="phone=0123456789abcdef")
    given.client("0123456789abcdef").models.list()
    with pytest.raises(openai.AuthenticationError):
        given.client("sk-none").models.list()

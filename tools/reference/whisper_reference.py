#!/usr/bin/env python3
"""Reference implementation of Whisper in numpy, for the engine's tests.

Writes a small random model in CTranslate2's format and what every layer of it gives in float32:
  whisper_reference.py make NAME TYPE FOLDER   model.bin and golden.bin of a cut-down architecture
  whisper_reference.py run MODEL.BIN MEL.F32 POSITIONS AUDIO TOKENS OUT   any model; MEL: [n_mels][2 * positions] float32
NAME: tiny, tiny.en, base, small, medium, large-v3, turbo, distil. TYPE: float32, float16, bfloat16, int8; or, as other programs
write it beside model.bin: safetensors-float16 ..., ggml-f16, ggml-q8_0, ggml-q5_0, ggml-q5_1, ggml-q4_0.
Source: Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision"; openai/whisper, model.py.
"""
import struct
import sys

import numpy as np

HEAD_SIZE = 64
# Cut down: heads, encoder layers, decoder layers, mel bands, vocabulary. All else as in the full size.
ARCHITECTURES = {
    "tiny": (2, 2, 2, 80, 300),
    "tiny.en": (2, 2, 2, 80, 299),
    "base": (3, 2, 2, 80, 257),
    "small": (2, 3, 3, 80, 320),
    "medium": (4, 2, 2, 80, 130),
    "large-v3": (3, 3, 3, 128, 301),
    "turbo": (2, 4, 1, 128, 301),
    "distil": (3, 3, 1, 80, 200),
}
N_TEXT_POSITIONS = 100
TYPES = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4, "bfloat16": 5}


# --- the file format: CTranslate2's model_spec.py, binary version 6 ---------------------------------------------------


def text(value):
    data = value.encode() + b"\0"
    return struct.pack("<H", len(data)) + data


def to_bfloat16(values):
    bits = values.astype(np.float32).view(np.uint32).astype(np.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def from_bfloat16(bits):
    return (bits.astype(np.uint32) << 16).view(np.float32)


def write_model(path, tensors, aliases=()):
    """tensors: name -> (type name, array as stored)."""
    with open(path, "wb") as file:
        file.write(struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<I", 3))
        file.write(struct.pack("<I", len(tensors)))
        for name, (type_name, array) in tensors.items():
            array = np.ascontiguousarray(array)
            data = array.tobytes()
            file.write(text(name) + struct.pack("<B", array.ndim))
            file.write(struct.pack("<%dI" % array.ndim, *array.shape))
            file.write(struct.pack("<BI", TYPES[type_name], len(data)) + data)
        file.write(struct.pack("<I", len(aliases)))
        for alias, name in aliases:
            file.write(text(alias) + text(name))


def read_model(path):
    """name -> float32 array, as the file's types give it."""
    data = open(path, "rb").read()
    at = 0

    def number(code):
        nonlocal at
        value = struct.unpack_from("<" + code, data, at)[0]
        at += struct.calcsize("<" + code)
        return value

    def name():
        nonlocal at
        size = number("H")
        at += size
        return data[at - size : at - 1].decode()

    assert number("I") == 6
    name()
    number("I")
    codes = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16, 5: np.uint16}
    raw = {}
    for _ in range(number("I")):
        key = name()
        shape = [number("I") for _ in range(number("B"))]
        kind = number("B")
        size = number("I")
        array = np.frombuffer(data, codes[kind], size // np.dtype(codes[kind]).itemsize, at).reshape(shape)
        at += size
        raw[key] = from_bfloat16(array) if kind == 5 else array
    for _ in range(number("I")):
        alias = name()
        raw[alias] = raw[name()]
    weights = {}
    for key, array in raw.items():
        array = array.astype(np.float32)
        if key + "_scale" in raw:
            array = array / raw[key + "_scale"].reshape([-1] + [1] * (array.ndim - 1)).astype(np.float32)
        weights[key] = array
    return weights


# --- random models --------------------------------------------------------------------------------------------------


def random_weights(name, rng):
    n_heads, n_encoder, n_decoder, n_mels, n_vocabulary = ARCHITECTURES[name]
    n_state = n_heads * HEAD_SIZE
    weights = {}

    def normal(key, shape, scale):
        weights[key] = (scale * rng.standard_normal(shape)).astype(np.float32)

    def linear(key, n_out, n_in, gain=1.0):
        normal(key + "/weight", (n_out, n_in), gain / np.sqrt(n_in))
        normal(key + "/bias", (n_out,), 0.1)

    def norm(key):
        weights[key + "/layer_norm/gamma"] = (1 + 0.2 * rng.standard_normal(n_state)).astype(np.float32)
        normal(key + "/layer_norm/beta", (n_state,), 0.1)

    def layer(key, has_cross):
        norm(key + "/self_attention")
        linear(key + "/self_attention/linear_0", 3 * n_state, n_state, 1.5)
        linear(key + "/self_attention/linear_1", n_state, n_state)
        if has_cross:
            norm(key + "/attention")
            linear(key + "/attention/linear_0", n_state, n_state, 1.5)
            linear(key + "/attention/linear_1", 2 * n_state, n_state, 1.5)
            linear(key + "/attention/linear_2", n_state, n_state)
        norm(key + "/ffn")
        linear(key + "/ffn/linear_0", 4 * n_state, n_state)
        linear(key + "/ffn/linear_1", n_state, 4 * n_state)

    normal("encoder/conv1/weight", (n_state, n_mels, 3), 1 / np.sqrt(3 * n_mels))
    normal("encoder/conv1/bias", (n_state,), 0.1)
    normal("encoder/conv2/weight", (n_state, n_state, 3), 2 / np.sqrt(3 * n_state))
    normal("encoder/conv2/bias", (n_state,), 0.1)
    weights["encoder/position_encodings/encodings"] = sinusoids(1500, n_state)
    for i in range(n_encoder):
        layer("encoder/layer_%d" % i, False)
    norm("encoder")
    normal("decoder/embeddings/weight", (n_vocabulary, n_state), 0.3)
    normal("decoder/position_encodings/encodings", (N_TEXT_POSITIONS, n_state), 0.1)
    for i in range(n_decoder):
        layer("decoder/layer_%d" % i, True)
    norm("decoder")
    return weights


def sinusoids(length, channels):
    step = np.log(10000) / (channels // 2 - 1)
    angles = np.arange(length)[:, None] * np.exp(-step * np.arange(channels // 2))[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def stored(weights, type_name):
    """As CTranslate2 stores them: int8 for matrices of linear layers and embeddings, with a scale per row."""
    tensors = {}
    for name, array in weights.items():
        is_quantised = type_name == "int8" and name.endswith("weight") and "conv" not in name
        if is_quantised:
            scale = (127 / np.abs(array).max(axis=1)).astype(np.float32)
            tensors[name] = ("int8", np.rint(array * scale[:, None]).astype(np.int8))
            tensors[name + "_scale"] = ("float32", scale)
        elif type_name == "float16":
            tensors[name] = ("float16", array.astype(np.float16))
        elif type_name == "bfloat16":
            tensors[name] = ("bfloat16", to_bfloat16(array))
        else:
            tensors[name] = ("float32", array)
    return tensors


# --- the model ------------------------------------------------------------------------------------------------------


def erf(x):  # Abramowitz and Stegun 7.1.26, absolute error 1.5e-7
    t = 1 / (1 + 0.3275911 * np.abs(x))
    poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.sign(x) * (1 - poly * np.exp(-x * x))


def gelu(x):
    return 0.5 * x * (1 + erf(x / np.sqrt(2)))


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


class Whisper:
    def __init__(self, weights):
        self.weights = weights
        self.n_encoder = sum("encoder/layer_%d/ffn/linear_0/weight" % i in weights for i in range(256))
        self.n_decoder = sum("decoder/layer_%d/ffn/linear_0/weight" % i in weights for i in range(256))
        self.stages = {}  # name -> residual stream

    def norm(self, x, key):
        mean = x.mean(axis=-1, keepdims=True)
        variance = x.var(axis=-1, keepdims=True)
        gamma, beta = self.weights[key + "/layer_norm/gamma"], self.weights[key + "/layer_norm/beta"]
        return (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta

    def linear(self, x, key):
        return x @ self.weights[key + "/weight"].T + self.weights[key + "/bias"]

    def attention(self, query, key, value, bias):
        split = lambda x: x.reshape(len(x), -1, HEAD_SIZE).transpose(1, 0, 2)
        scores = split(query) @ split(key).transpose(0, 2, 1) / np.sqrt(HEAD_SIZE)
        probabilities = softmax(scores + bias)
        return (probabilities @ split(value)).transpose(1, 0, 2).reshape(len(query), -1), probabilities

    def self_attention(self, x, key, bias):
        q, k, v = np.split(self.linear(self.norm(x, key), key + "/linear_0"), 3, axis=1)
        return x + self.linear(self.attention(q, k, v, bias)[0], key + "/linear_1")

    def feed_forward(self, x, key):
        return x + self.linear(gelu(self.linear(self.norm(x, key), key + "/linear_0")), key + "/linear_1")

    def convolve(self, x, key, stride):  # x: [channels][frames]
        n = x.shape[1]
        padded = np.pad(x, ((0, 0), (1, 1)))
        w = self.weights[key + "/weight"]
        y = sum(w[:, :, tap] @ padded[:, tap : tap + n : stride] for tap in range(3))
        return gelu(y + self.weights[key + "/bias"][:, None])

    @staticmethod
    def places_and_weights(n_positions, n_audio):
        """Padding stands for all the silence after the audio: cut in pieces that grow evenly, a position for each."""
        n_padding, silence = n_positions - n_audio, 1500 - n_audio
        i = np.arange(n_padding + 1, dtype=np.float64)
        cuts = i + (silence - n_padding) * (i / max(n_padding, 1)) ** 2
        places = np.append(np.arange(n_audio), n_audio + np.floor((cuts[:-1] + cuts[1:]) / 2)).astype(int)
        return places, np.append(np.ones(n_audio), np.diff(cuts)).astype(np.float32)

    def encode(self, log_mel, n_audio):
        n_positions = log_mel.shape[1] // 2
        places, weights = self.places_and_weights(n_positions, n_audio)
        self.bias = np.log(weights)
        x = self.convolve(self.convolve(log_mel, "encoder/conv1", 1), "encoder/conv2", 2).T
        x = x + self.weights["encoder/position_encodings/encodings"][places]
        self.stages["encoder/stem"] = x
        for i in range(self.n_encoder):
            key = "encoder/layer_%d" % i
            x = self.feed_forward(self.self_attention(x, key + "/self_attention", self.bias), key + "/ffn")
            self.stages[key] = x
        self.output = self.norm(x, "encoder")
        self.stages["encoder/output"] = self.output

    def decode(self, tokens):
        """All logits of a sequence, [tokens][vocabulary]; cross-attention [layer][head][token][position]."""
        n = len(tokens)
        causal = np.where(np.tri(n, dtype=bool), 0, -np.inf).astype(np.float32)
        x = self.weights["decoder/embeddings/weight"][tokens] + self.weights["decoder/position_encodings/encodings"][:n]
        self.stages["decoder/embedding"] = x
        alignment = []
        for i in range(self.n_decoder):
            key = "decoder/layer_%d" % i
            x = self.self_attention(x, key + "/self_attention", causal)
            cross = key + "/attention"
            query = self.linear(self.norm(x, cross), cross + "/linear_0")
            k, v = np.split(self.linear(self.output, cross + "/linear_1"), 2, axis=1)
            context, probabilities = self.attention(query, k, v, self.bias)
            alignment.append(probabilities)
            x = x + self.linear(context, cross + "/linear_2")
            x = self.feed_forward(x, key + "/ffn")
            self.stages[key] = x
        self.stages["alignment"] = np.stack(alignment)
        projection = self.weights.get("decoder/projection/weight", self.weights["decoder/embeddings/weight"])
        self.stages["logits"] = self.norm(x, "decoder") @ projection.T


def write_other(weights, layout, type_name, folder):
    """As the golden values are those of model.bin, it holds what the reader should find: with keys that have no bias."""
    import pathlib

    import weight_files

    for name in weights:
        n_parts = 3 if name.endswith("self_attention/linear_0/bias") else 2 if name.endswith("/attention/linear_1/bias") else 0
        if n_parts:  # queries, keys, values; or keys, values
            parts = np.split(weights[name], n_parts)
            parts[n_parts - 2] = np.zeros_like(parts[0])
            weights[name] = np.concatenate(parts)
    folder = pathlib.Path(folder)
    if layout == "safetensors":
        weight_files.write_safetensors(folder, weights, type_name)
    else:
        weight_files.write_ggml(folder / "ggml-model.bin", weights, type_name, [])


def make(name, type_name, folder):
    rng = np.random.default_rng(sorted(ARCHITECTURES).index(name))
    weights = random_weights(name, rng)
    layout, _, other_type = type_name.partition("-")
    if layout in ("safetensors", "ggml"):
        write_other(weights, layout, other_type, folder)
        type_name = "float32"
    write_model(
        folder + "/model.bin",
        stored(weights, type_name),
        [("decoder/projection/weight", "decoder/embeddings/weight")]
        + ([("decoder/projection/weight_scale", "decoder/embeddings/weight_scale")] if type_name == "int8" else []),
    )
    golden = {}
    n_mels, n_vocabulary = ARCHITECTURES[name][3:5]
    # A padded window and a long one without padding keys.
    for case, n_positions, n_audio in (("padded", 90, 47), ("whole", 130, 130)):
        log_mel = rng.standard_normal((n_mels, 2 * n_positions)).astype(np.float32)
        tokens = rng.integers(0, n_vocabulary, 70)
        model = Whisper(read_model(folder + "/model.bin"))
        model.encode(log_mel, n_audio)
        model.decode(tokens)
        golden[case + "/log_mel"] = ("float32", log_mel)
        golden[case + "/n_audio"] = ("int32", np.array([n_audio], np.int32))
        golden[case + "/tokens"] = ("int32", tokens.astype(np.int32))
        for stage, values in model.stages.items():
            golden[case + "/" + stage] = ("float32", values.astype(np.float32))
    write_model(folder + "/golden.bin", golden)


def run(path, mel_path, n_positions, n_audio, tokens, out):
    model = Whisper(read_model(path))
    model.encode(np.fromfile(mel_path, np.float32).reshape(-1, 2 * n_positions), n_audio)
    model.decode(np.array([int(token) for token in tokens.split(",")]))
    write_model(out, {stage: ("float32", values.astype(np.float32)) for stage, values in model.stages.items()})


def main(arguments):
    if len(arguments) == 4 and arguments[0] == "make":
        make(*arguments[1:])
    elif len(arguments) == 7 and arguments[0] == "run":
        run(arguments[1], arguments[2], int(arguments[3]), int(arguments[4]), arguments[5], arguments[6])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

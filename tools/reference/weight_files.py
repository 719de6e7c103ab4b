#!/usr/bin/env python3
"""Writes Whisper weights of CTranslate2's naming as other programs do: an independent hand for tests of our readers.

  weight_files.py FOLDER OUT safetensors TYPE [FILES]   FOLDER: model.bin, config.json, tokenizer.json, vocabulary.json
  weight_files.py FOLDER OUT ggml TYPE                  OUT: a folder, made; for ggml the file ggml-model.bin in it
TYPE of safetensors: float32, float16, bfloat16; FILES > 1 makes as many with an index. TYPE of ggml: f32, f16, q8_0, q5_0,
q5_1, q4_0. Source: huggingface/safetensors, "Format"; whisper.cpp, models/convert-pt-to-ggml.py and ggml-quants.c.
"""
import json
import pathlib
import shutil
import struct
import sys

import numpy as np
from whisper_reference import read_model, to_bfloat16

# ours -> Hugging Face's, OpenAI's; of several, the rows are stacked
TOPS = [
    ("encoder/conv1", ["encoder.conv1"], ["encoder.conv1"]),
    ("encoder/conv2", ["encoder.conv2"], ["encoder.conv2"]),
    ("encoder/layer_norm", ["encoder.layer_norm"], ["encoder.ln_post"]),
    ("decoder/layer_norm", ["decoder.layer_norm"], ["decoder.ln"]),
]
SINGLES = [
    ("encoder/position_encodings/encodings", "encoder.embed_positions.weight", "encoder.positional_embedding"),
    ("decoder/position_encodings/encodings", "decoder.embed_positions.weight", "decoder.positional_embedding"),
    ("decoder/embeddings/weight", "decoder.embed_tokens.weight", "decoder.token_embedding.weight"),
]
LAYER = [
    ("self_attention/layer_norm", ["self_attn_layer_norm"], ["attn_ln"]),
    ("self_attention/linear_0", ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
     ["attn.query", "attn.key", "attn.value"]),
    ("self_attention/linear_1", ["self_attn.out_proj"], ["attn.out"]),
    ("attention/layer_norm", ["encoder_attn_layer_norm"], ["cross_attn_ln"]),
    ("attention/linear_0", ["encoder_attn.q_proj"], ["cross_attn.query"]),
    ("attention/linear_1", ["encoder_attn.k_proj", "encoder_attn.v_proj"], ["cross_attn.key", "cross_attn.value"]),
    ("attention/linear_2", ["encoder_attn.out_proj"], ["cross_attn.out"]),
    ("ffn/layer_norm", ["final_layer_norm"], ["mlp_ln"]),
    ("ffn/linear_0", ["fc1"], ["mlp.0"]),
    ("ffn/linear_1", ["fc2"], ["mlp.2"]),
]
KEYS = ("k_proj", "key")  # which have no bias


def renamed(weights, column):
    """column: 1 Hugging Face's names, 2 OpenAI's. A key's bias is left out when it is zero, as in every real Whisper."""
    out = {row[column]: weights[row[0]] for row in SINGLES}

    def add(ours, prefix, names):
        norm = ours.endswith("layer_norm")
        kinds = (("gamma" if norm else "weight", "weight"), ("beta" if norm else "bias", "bias"))
        for kind, ending in kinds:
            if ours + "/" + kind not in weights:
                continue
            for name, part in zip(names, np.split(weights[ours + "/" + kind], len(names))):
                if not (ending == "bias" and name.endswith(KEYS) and not part.any()):
                    out[prefix + name + "." + ending] = part

    for row in TOPS:
        add(row[0], "", row[column])
    for half in ("encoder", "decoder"):
        number = 0
        while "%s/layer_%d/ffn/linear_0/weight" % (half, number) in weights:
            for row in LAYER:
                if "%s/layer_%d/%s" % (half, number, row[0]) + ("/gamma" if "norm" in row[0] else "/weight") in weights:
                    add("%s/layer_%d/%s" % (half, number, row[0]),
                        "%s.%s.%d." % (half, "layers" if column == 1 else "blocks", number), row[column])
            number += 1
    return out


def safetensors(tensors, type_name):
    """tensors: name -> float32 array"""
    convert = {"float32": ("F32", lambda a: a), "float16": ("F16", lambda a: a.astype(np.float16)),
               "bfloat16": ("BF16", to_bfloat16)}
    tag, cast = convert[type_name]
    header, data, at = {"__metadata__": {"format": "pt"}}, [], 0
    for name, array in tensors.items():
        data.append(np.ascontiguousarray(cast(array)).tobytes())
        header[name] = {"dtype": tag, "shape": list(array.shape), "data_offsets": [at, at + len(data[-1])]}
        at += len(data[-1])
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(data)


def write_safetensors(folder, weights, type_name, n_files=1, prefix="model."):
    tensors = {prefix + name: array for name, array in renamed(weights, 1).items()}
    if n_files == 1:
        (folder / "model.safetensors").write_bytes(safetensors(tensors, type_name))
        return
    places = {}
    for number in range(n_files):
        file = "model-%05d-of-%05d.safetensors" % (number + 1, n_files)
        names = sorted(tensors)[number::n_files]
        (folder / file).write_bytes(safetensors({name: tensors[name] for name in names}, type_name))
        places.update(dict.fromkeys(names, file))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))


def blocks(array, type_name):
    rows = array.reshape(-1, 32).astype(np.float32)
    largest = rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)]
    if type_name == "q8_0":
        step, least, levels = np.abs(largest) / 127, None, None
    elif type_name == "q5_1":
        step, least, levels = (rows.max(axis=1) - rows.min(axis=1)) / 31, rows.min(axis=1), 31
    else:
        levels = 31 if type_name == "q5_0" else 15
        step, least = largest / -((levels + 1) / 2), None
    per_step = np.divide(1, step, out=np.zeros_like(step), where=step != 0)[:, None]
    parts = [step.astype(np.float16).view(np.uint8).reshape(-1, 2)]
    if type_name == "q8_0":
        parts.append(np.rint(rows * per_step).astype(np.int8).view(np.uint8))
        return np.concatenate(parts, axis=1).tobytes()
    if least is not None:
        parts.append(least.astype(np.float16).view(np.uint8).reshape(-1, 2))
        q = np.rint((rows - least[:, None]) * per_step)
    else:
        q = np.rint(rows * per_step + (levels + 1) // 2)
    q = np.clip(q, 0, levels).astype(np.uint32)
    if levels == 31:
        fifth = ((q >> 4) << np.arange(32, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
        parts.append(fifth.view(np.uint8).reshape(-1, 4))
    parts.append(((q[:, :16] & 15) | ((q[:, 16:] & 15) << 4)).astype(np.uint8))
    return np.concatenate(parts, axis=1).tobytes()


FILE_TYPES = {"f32": 0, "f16": 1, "q4_0": 2002, "q8_0": 2007, "q5_0": 2008, "q5_1": 2009}  # thousands: version of blocks
GGML_TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q5_0": 6, "q5_1": 7, "q8_0": 8}


def mel_filters(n_mels):
    """Slaney's triangles of equal area, [n_mels][201]: linear to 1000 Hz, then 27 steps a factor of 6.4."""
    step = np.log(6.4) / 27
    mels = np.linspace(0, 15 + np.log(8) / step, n_mels + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp(step * (mels - 15)))
    hz = np.arange(201) * 40.0
    rising = (hz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hz) / np.diff(edges)[1:, None]
    return (np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])[:, None]).astype(np.float32)


def write_ggml(path, weights, type_name, tokens):
    tensors = renamed(weights, 2)
    n_state, n_mels = weights["encoder/conv1/weight"].shape[:2]
    n_layers = [sum("%s/layer_%d/ffn/linear_0/weight" % (half, i) in weights for i in range(256)) for half in
                ("encoder", "decoder")]
    with open(path, "wb") as file:
        file.write(struct.pack("<12i", 0x67676D6C, len(weights["decoder/embeddings/weight"]),
                               len(weights["encoder/position_encodings/encodings"]), n_state, n_state // 64, n_layers[0],
                               len(weights["decoder/position_encodings/encodings"]), n_state, n_state // 64, n_layers[1],
                               n_mels, FILE_TYPES[type_name]))
        file.write(struct.pack("<2i", n_mels, 201) + mel_filters(n_mels).tobytes())
        file.write(struct.pack("<i", len(tokens)))
        for token in tokens:
            file.write(struct.pack("<i", len(token)) + token)
        for name, array in tensors.items():
            if name in ("encoder.conv1.bias", "encoder.conv2.bias"):
                array = array.reshape(-1, 1)
            small = array.ndim < 2 or name.endswith((".bias", "positional_embedding"))
            kind = "f32" if small else "f16" if type_name != "f32" and array.ndim != 2 else type_name
            file.write(struct.pack("<3i", array.ndim, len(name), GGML_TYPES[kind]))
            file.write(struct.pack("<%di" % array.ndim, *array.shape[::-1]) + name.encode())
            if kind in ("f32", "f16"):
                file.write(array.astype(np.float32 if kind == "f32" else np.float16).tobytes())
            else:
                file.write(blocks(array, kind))


def byte_of_character():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    characters = {chr(byte): byte for byte in printable}
    others = [byte for byte in range(256) if byte not in printable]
    return {**characters, **{chr(256 + i): byte for i, byte in enumerate(others)}}


def text_tokens(tokenizer):
    end = next(t["id"] for t in tokenizer["added_tokens"] if t["content"] == "<|endoftext|>")
    names = {id_: name for name, id_ in tokenizer["model"]["vocab"].items()}
    table = byte_of_character()
    return [bytes(table[c] for c in names.get(i, "")) for i in range(end)]


def write_hugging_face_json(source, out, weights):
    """config.json and generation_config.json as that library writes them; the tokenizer in its three older files."""
    config = json.loads((source / "config.json").read_text())
    n_state, n_mels = weights["encoder/conv1/weight"].shape[:2]
    heads = n_state // 64
    (out / "config.json").write_text(json.dumps(
        {"model_type": "whisper", "d_model": n_state, "encoder_attention_heads": heads, "decoder_attention_heads": heads,
         "num_mel_bins": n_mels, "vocab_size": len(weights["decoder/embeddings/weight"])}))
    tokenizer = json.loads((source / "tokenizer.json").read_text())
    added = {t["content"]: t["id"] for t in tokenizer["added_tokens"]}
    languages = {name: id_ for name, id_ in added.items() if id_ in config["lang_ids"]}
    (out / "generation_config.json").write_text(json.dumps(
        {"alignment_heads": config["alignment_heads"], "suppress_tokens": config["suppress_ids"],
         "begin_suppress_tokens": config["suppress_ids_begin"], "lang_to_id": languages}))
    (out / "preprocessor_config.json").write_text(json.dumps({"feature_size": n_mels}))
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    (out / "vocab.json").write_text(json.dumps(tokenizer["model"]["vocab"], ensure_ascii=False))
    (out / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    (out / "added_tokens.json").write_text(json.dumps(added))


def main(arguments):
    if len(arguments) not in (4, 5) or arguments[2] not in ("safetensors", "ggml"):
        sys.exit(__doc__)
    source, out = pathlib.Path(arguments[0]), pathlib.Path(arguments[1])
    out.mkdir(parents=True, exist_ok=True)
    weights = read_model(source / "model.bin")
    if arguments[2] == "ggml":
        tokenizer = json.loads((source / "tokenizer.json").read_text())
        write_ggml(out / "ggml-model.bin", weights, arguments[3], text_tokens(tokenizer))
        return
    n_files = int(arguments[4]) if len(arguments) == 5 else 1
    write_safetensors(out, weights, arguments[3], n_files)
    write_hugging_face_json(source, out, weights)
    if n_files > 1:  # one of the two ways of giving the tokenizer each
        shutil.copy(source / "tokenizer.json", out)


if __name__ == "__main__":
    main(sys.argv[1:])

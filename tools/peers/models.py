"""The model of each peer: the same weights in the form that it reads."""
import os
import pathlib
import subprocess
import sys

from peers import environment

TREE = pathlib.Path(__file__).resolve().parent.parent.parent


def of_engines(names, program, model, openvino, folder):
    """Engine -> its model, for those of `names` that can have one. folder: for files of this run only."""
    ct2 = ct2_folder(model)
    models = {name: ct2 for name in names}
    if "wcpp" in models:
        models["wcpp"] = folder / "ggml-q5_1.bin"
        convert = [program, "models", "convert", model, models["wcpp"], "--type", "q5_1"]
        subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
    if "ov" in models:
        models["ov"] = openvino_folder(ct2, openvino)
    return {name: found for name, found in models.items() if found}


def ct2_folder(model):
    if pathlib.Path(model, "model.bin").exists():
        return model
    home = os.path.expanduser("~/.cache/huggingface/hub")
    hub = os.environ.get("HF_HOME") and os.environ["HF_HOME"] + "/hub"
    for cache in (os.environ.get("WHISPER_CACHE_DIR"), os.environ.get("HF_HUB_CACHE"), hub, home):
        if cache and pathlib.Path(cache, "local", model, "model.bin").exists():
            return str(pathlib.Path(cache, "local", model))
    return model  # faster-whisper looks for it in the hub's cache


def openvino_folder(ct2, given):
    """The folder of OpenVINO models, converted at first use; None, and a line that says why, where there can be none."""
    if not environment.python_with("peers-venv", ["openvino-genai"]):
        print("OpenVINO GenAI is left out: pip could not get openvino-genai", file=sys.stderr)
        return None
    if given:
        return given
    folder = TREE / "build" / "openvino" / pathlib.Path(ct2).name
    if not folder.exists() and subprocess.run([TREE / "tools" / "openvino_model", ct2, folder]).returncode != 0:
        print("OpenVINO GenAI is left out: tools/openvino_model could not convert the model", file=sys.stderr)
        return None
    return folder

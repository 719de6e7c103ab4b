"""Python packages that only a bench needs, in a virtual environment of their own under build/."""
import os
import pathlib
import subprocess
import sys

BUILD = pathlib.Path(__file__).resolve().parent.parent.parent / "build"


def python_with(name, packages):
    """The interpreter of build/NAME, which then has the packages; None when pip could not get them."""
    folder = BUILD / name
    python, ready = str(folder / "bin" / "python"), folder / "ready"  # ready: what was installed, a line each
    installed = set(ready.read_text(encoding="utf-8").split()) if ready.exists() else set()
    missing = [package for package in packages if package not in installed]
    if not missing:
        return python
    print(f"Installing {', '.join(missing)} into build/{name} (once)", file=sys.stderr)
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *missing]
    if subprocess.run(pip).returncode != 0:
        return None
    ready.write_text("\n".join(sorted(installed.union(packages))) + "\n", encoding="utf-8")
    return python


def enter(name, packages):
    """Starts this program again inside build/NAME, unless it runs there already."""
    if pathlib.Path(sys.prefix) == BUILD / name:
        return
    python = python_with(name, packages)
    if not python:
        sys.exit("The packages " + ", ".join(packages) + " could not be installed: is there a network?")
    os.execv(python, [python, *sys.argv])

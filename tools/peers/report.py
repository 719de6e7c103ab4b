"""What benches write into docs/performance.md: each between two marks of its own."""
import sys

from peers.audio import TREE

REPORT = TREE / "docs" / "performance.md"


def write(name, target, text):
    """Between the marks of that name, which say that `make TARGET` writes what stands there."""
    begin, end = f"<!-- {name}: written by make {target} -->", f"<!-- end of {name} -->"
    old = REPORT.read_text(encoding="utf-8")
    if begin not in old or end not in old:
        sys.exit(f"{REPORT} has lost its marks {begin} and {end}")
    before, rest = old.split(begin, 1)
    REPORT.write_text(before + begin + "\n" + text + "\n" + end + rest.split(end, 1)[1], encoding="utf-8")

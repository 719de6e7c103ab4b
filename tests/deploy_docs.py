"""What docs/deploy-spaces*.md say that the program prints: the middle column of their table of troubles.

In these lines `...`, NAME and N stand for what differs; the name of a setting (PORT=...) or of a field of the log
(reason="...") is put before it by the program.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "docs/deploy-spaces.md", ROOT / "docs/deploy-spaces.ru.md"]
LEVEL = re.compile(r"^(info|warning|error) ")
OPEN = re.compile(r'\b[A-Z_]+=\.\.\.|\.\.\.|\bNAME\b|\bN\b| \w+="|"$')


def rows(document):
    """The cells of the rows under the heading of troubles."""
    text = document.read_text(encoding="utf-8")
    table = re.search(r"\n## (?:When something does not work|Если что-то не работает)\n(.*?)\n## ", text, re.S)[1]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def printed_lines(document):
    """Every line that a row says the program prints, in the order of the rows."""
    return [line for row in rows(document) for line in re.findall(r"`([^`]+)`", row[1])]


def documented(start):
    """The one line of the table that begins like this."""
    found = {line for line in printed_lines(DOCUMENTS[0]) if line.startswith(start)}
    assert len(found) == 1, f"{found} in {DOCUMENTS[0]}"
    return found.pop()


def parts(line):
    """What of a line is always the same."""
    between = [part.strip(" .,;:") for part in OPEN.split(LEVEL.sub("", line))]
    return [part for part in between if len(part) > 2]


def is_printed(line, output):
    """Whether the output holds a line like this one, with its level."""
    return any(re.search(as_pattern(line), printed) for printed in output.splitlines())


def as_pattern(line):
    return re.sub(r"(\\ )?\\\.\\\.\\\.(\\ )?|\bNAME\b|\bN\b", ".*", re.escape(line))

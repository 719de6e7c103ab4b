"""Each row of the troubleshooting tables names a line that the program has in its sources."""
import re

import pytest
from deploy_docs import DOCUMENTS, ROOT, parts, printed_lines, rows

LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def literals_of(source):
    """The string literals of a source; those with nothing but white space between them are one."""
    joined, end = [], None
    for found in LITERAL.finditer(source):
        if end is not None and not source[end:found.start()].strip():
            joined[-1] += found[1]
        else:
            joined.append(found[1])
        end = found.end()
    return joined


@pytest.fixture(scope="module")
def literals():
    files = [f for f in (ROOT / "backend").rglob("*.cpp") if not f.stem.endswith("_test")]
    return "\n".join(literal for file in [*files, ROOT / "tools/space_check"]
                     for literal in literals_of(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("line", sorted({line for document in DOCUMENTS for line in printed_lines(document)}))
def test_a_line_that_is_named_is_in_the_sources(line, literals):
    assert parts(line), f"nothing of '{line}' is always the same"
    assert [part for part in parts(line) if part not in literals] == []


def test_both_languages_name_the_same_lines():
    english, russian = map(printed_lines, DOCUMENTS)
    assert english == russian


def test_every_row_has_a_line_of_the_log_and_a_remedy():
    for document in DOCUMENTS:
        assert len(rows(document)) >= 15
        for row in rows(document):
            assert len(row) == 3 and row[1] and row[2], f"{document.name}: {row}"

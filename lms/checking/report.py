"""What was found in content, for people, for programs, and for hosts of code."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from lms.authored import Finding, Severity

FORMATS = ("text", "json", "sarif")
_SARIF = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def report(findings: Sequence[Finding], form: str, folder: str) -> str:
    """All findings in one of FORMATS.

    folder  the way to the content folder, for hosts that count from their repository's root
    """
    if form == "json":
        return json.dumps(_counted(findings), ensure_ascii=False, indent=2)
    if form == "sarif":
        return json.dumps(_sarif(findings, folder), ensure_ascii=False, indent=2)
    return "\n".join(map(str, findings))


def errors_in(findings: Sequence[Finding]) -> int:
    """How many keep the content from being published."""
    return sum(each.severity is Severity.ERROR for each in findings)


def _counted(findings: Sequence[Finding]) -> dict[str, Any]:
    errors = errors_in(findings)
    return {
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": [asdict(each) for each in findings],
    }


def _sarif(findings: Sequence[Finding], folder: str) -> dict[str, Any]:
    """SARIF 2.1.0, as OASIS has it: one run, and of each rule its name alone."""
    rules = sorted({each.rule for each in findings})
    driver = {
        "name": "lms catalogue check",
        "rules": [{"id": rule, "name": rule} for rule in rules],
    }
    results = [
        {
            "ruleId": each.rule,
            "ruleIndex": rules.index(each.rule),
            "level": str(each.severity),
            "message": {"text": each.message},
            "locations": [{"physicalLocation": _place(each, folder)}],
        }
        for each in findings
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [run]}


def _place(finding: Finding, folder: str) -> dict[str, Any]:
    path = f"{folder}/{finding.file}" if folder else finding.file
    return {
        "artifactLocation": {"uri": quote(path), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": finding.line},
    }

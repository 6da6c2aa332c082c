"""Content advice: what is said before a page, and before anything that shows its text. Pure."""

from collections.abc import Mapping
from typing import Any

Advice = Mapping[str, Any]  # as it was authored and published

# What content advice may name, in words; the keys are those of the authored files.
TOPICS = {
    "child-exploitation": "exploitation of children",
    "children": "children",
    "coercive-control": "coercive control",
    "criminal-exploitation": "being made to commit crimes",
    "death": "death",
    "debt-bondage": "debt bondage",
    "detention": "detention",
    "domestic-servitude": "domestic servitude",
    "forced-labour": "forced labour",
    "forced-marriage": "forced marriage",
    "immigration-enforcement": "immigration enforcement",
    "mental-health": "mental health",
    "organ-removal": "removal of organs",
    "self-harm": "self-harm",
    "sexual-exploitation": "sexual exploitation",
    "sexual-violence": "sexual violence",
    "suicide": "suicide",
    "threats": "threats",
    "trafficking": "trafficking",
    "trauma": "trauma",
    "violence": "violence",
}
SEVERITIES = {
    "low": "This page touches on",
    "medium": "This page speaks openly about",
    "high": "Much of this page may be hard to read. It is about",
}
_GRAVE = "high"
_BY_WEIGHT = list(SEVERITIES)


def is_grave(advice: Advice | None) -> bool:
    """Whether nobody should land in the text before its advice was read."""
    return advice is not None and advice["severity"] == _GRAVE


def about(advice: Advice | None) -> str:
    """What advice names, as a sentence; empty where there is none."""
    if advice is None:
        return ""
    *more, last = (TOPICS.get(each, each.replace("-", " ")) for each in advice["topics"])
    listed = f"{', '.join(more)} and {last}" if more else last
    return f"{SEVERITIES[advice['severity']]} {listed}."


def graver(was: Advice | None, now: Advice | None) -> Advice | None:
    """What has to be said before text of both; where both weigh the same, what is said now."""
    if was is None or now is None:
        return now or was
    weights = [_BY_WEIGHT.index(each["severity"]) for each in (was, now)]
    return was if weights[0] > weights[1] else now

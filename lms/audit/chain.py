"""The chain: each entry's hash covers the one before it, under a key kept outside the database.

Method: hash chain with a keyed MAC, so that somebody who can rewrite the whole table still can't
make it look whole; a removed tail is found against a head that was exported earlier.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, Protocol

FIRST = "0" * 64

Sign = Callable[[bytes], str]


class Link(Protocol):
    """An entry of the trail."""

    seq: int
    at: datetime
    actor: str
    roles: str
    event: str
    subject: str
    facts: str
    request: str
    before: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The last entry at some moment; kept elsewhere, it shows whether a tail was removed.

    at         when it was exported, ISO, UTC; empty for one that was not exported
    signature  under the key of the chain, so that no other head passes for a newer one
    """

    seq: int
    hash: str
    at: str = field(default="", compare=False)
    signature: str = field(default="", compare=False)

    def exported(self, at: datetime, sign: Sign) -> "Head":
        """The same, dated and signed."""
        dated = replace(self, at=at.astimezone(UTC).isoformat(timespec="seconds"))
        return replace(dated, signature=sign(dated._said()))

    def is_ours(self, sign: Sign) -> bool:
        """Whether it was exported under this key, and not changed since."""
        return compare_digest(self.signature.encode(), sign(self._said()).encode())

    def to_json(self) -> str:
        """As it is exported."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Head":
        """As it was exported. Raises ValueError for anything else."""
        try:
            found = json.loads(text)
            seq, words = found["seq"], [found[name] for name in ("hash", "at", "signature")]
            if type(seq) is int and all(isinstance(w, str) and w.isascii() for w in words):
                return cls(seq, *words)
        except (KeyError, TypeError, ValueError):
            pass
        raise ValueError("not an exported head of the audit chain")

    def _said(self) -> bytes:
        return f"head of the audit chain\n{self.seq}\n{self.hash}\n{self.at}".encode()


@dataclass(frozen=True)
class Verdict:
    """What verifying found.

    count   how many entries hold together, from the first
    broken  number of the first entry that doesn't, or None
    reason  in words; empty when the chain is whole
    """

    count: int
    broken: int | None = None
    reason: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed, inserted, swapped or cut off."""
        return not self.reason


def canonical(facts: dict[str, Any]) -> str:
    """Facts as text, the same text each time."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(link: Link, sign: Sign) -> str:
    """The hash that an entry ought to have."""
    content = [
        link.seq,
        link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        link.actor,
        link.roles,
        link.event,
        link.subject,
        link.facts,
        link.request,
        link.before,
    ]
    return sign(json.dumps(content, ensure_ascii=False).encode())


def verify(links: Iterable[Link], sign: Sign, head: Head | None = None) -> Verdict:
    """Replay the chain from its first entry.

    head  one exported earlier; its entry has to be there still, with the same hash
    """
    if head is not None and not head.is_ours(sign):
        return Verdict(0, head.seq, "the exported head is not signed with this chain's key")
    count, before, seen_head = 0, FIRST, head is None or head.seq == 0
    for link in links:
        fault = _fault(link, count + 1, before, sign)
        if fault:
            return Verdict(count, count + 1, fault)
        if head is not None and link.seq == head.seq:
            if link.hash != head.hash:
                return Verdict(count, link.seq, "its hash is not that of the exported head")
            seen_head = True
        count, before = link.seq, link.hash
    if not seen_head and head is not None:
        reason = f"the chain ends at {count}, behind the exported head {head.seq} of {head.at}"
        return Verdict(count, count + 1, reason)
    return Verdict(count)


def _fault(link: Link, expected: int, before: str, sign: Sign) -> str:
    if link.seq != expected:
        return f"entry {expected} is missing: {link.seq} stands in its place"
    if link.before != before:
        return "it does not follow from the entry before it"
    if link.hash != hash_of(link, sign):
        return "its content is not what was recorded"
    return ""

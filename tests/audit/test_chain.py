"""The chain as a rule: whatever is done to it without its key shows, and where first."""

import hashlib
import hmac
import json
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from lms.audit import chain
from lms.audit.chain import FIRST, Head, Sign, Verdict

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
TAMPERED = {
    "seq": 99,
    "at": NOON + timedelta(hours=5, microseconds=1),
    "actor": "USR-ANOTHER",
    "roles": "registrar",
    "event": "mark confirmed",
    "subject": "SUB-ANOTHER",
    "facts": '{"mark":"MRK-2"}',
    "request": "REQ-ANOTHER",
    "before": "f" * 64,
    "hash": "f" * 64,
}


@dataclass(frozen=True)
class Entry:
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


def keyed(key: bytes) -> Sign:
    return lambda message: hmac.new(key, message, hashlib.sha256).hexdigest()


SIGN, STRANGER = keyed(b"the key outside the database"), keyed(b"another")


def plain(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()


def linked(entries: list[Entry], sign: Sign = SIGN, before: str = FIRST) -> list[Entry]:
    """The same entries, numbered from 1 and each hashed onto the one before."""
    made = []
    for seq, entry in enumerate(entries, start=1):
        numbered = replace(entry, seq=seq, before=before)
        before = chain.hash_of(numbered, sign)
        made.append(replace(numbered, hash=before))
    return made


def honest(count: int) -> list[Entry]:
    return linked(
        [
            Entry(
                0,
                NOON + timedelta(seconds=each),
                f"USR-{each}",
                "tutor",
                "mark given",
                f"SUB-{each}",
                '{"mark":"MRK-1"}',
                f"REQ-{each}",
                "",
                "",
            )
            for each in range(count)
        ]
    )


def head_of(entries: list[Entry], sign: Sign = SIGN) -> Head:
    last = entries[-1] if entries else None
    return Head(last.seq if last else 0, last.hash if last else "").exported(NOON, sign)


def verdict(entries: list[Entry], head: Head | None = None) -> Verdict:
    return chain.verify(entries, SIGN, head)


@given(st.integers(0, 30))
def test_an_honest_chain_is_whole_and_holds_every_earlier_head(count: int) -> None:
    entries = honest(count)
    assert verdict(entries) == Verdict(count)
    for reached in range(count + 1):
        found = verdict(entries, head_of(entries[:reached]))
        assert found.whole
        assert found.count == count


@pytest.mark.parametrize("name", [each.name for each in fields(Entry)])
@given(data=st.data())
def test_a_change_of_any_field_shows_at_its_own_entry(name: str, data: st.DataObject) -> None:
    entries = honest(data.draw(st.integers(1, 12)))
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = replace(entries[place], **{name: TAMPERED[name]})
    found = verdict(entries)
    assert (found.whole, found.count, found.broken) == (False, place, place + 1)


@given(st.integers(2, 12), st.data())
def test_a_changed_field_with_its_own_hash_made_anew_shows_too(
    count: int, data: st.DataObject
) -> None:
    entries = honest(count)
    place = data.draw(st.integers(0, count - 1))
    changed = replace(entries[place], actor="USR-ANOTHER")
    for sign in (plain, STRANGER):
        entries[place] = replace(changed, hash=chain.hash_of(changed, sign))
        assert verdict(entries).broken == place + 1


@given(st.integers(2, 12), st.data())
def test_a_removed_entry_shows_at_its_place(count: int, data: st.DataObject) -> None:
    entries = honest(count)
    place = data.draw(st.integers(0, count - 2))
    del entries[place]
    found = verdict(entries)
    assert found.broken == place + 1
    assert "missing" in found.reason


@given(st.integers(2, 12), st.data())
def test_a_removed_entry_shows_although_the_rest_was_renumbered(
    count: int, data: st.DataObject
) -> None:
    entries = honest(count)
    place = data.draw(st.integers(0, count - 2))
    del entries[place]
    renumbered = [replace(each, seq=seq) for seq, each in enumerate(entries, start=1)]
    assert verdict(renumbered).broken == place + 1


@given(st.integers(1, 12), st.data())
def test_an_entry_put_in_shows_at_its_place(count: int, data: st.DataObject) -> None:
    entries = honest(count)
    place = data.draw(st.integers(0, count))
    before = entries[place - 1].hash if place else FIRST
    forged = replace(entries[0], seq=place + 1, before=before, event="standing confirmed")
    forged = replace(forged, hash=chain.hash_of(forged, plain))
    later = [replace(each, seq=each.seq + 1) for each in entries[place:]]
    assert verdict([*entries[:place], forged, *later]).broken == place + 1


@given(st.integers(2, 12), st.data())
def test_two_entries_that_changed_places_show_at_the_first(count: int, data: st.DataObject) -> None:
    entries = honest(count)
    one = data.draw(st.integers(0, count - 2))
    other = data.draw(st.integers(one + 1, count - 1))
    first, second = entries[one], entries[other]
    entries[one] = replace(second, seq=first.seq)
    entries[other] = replace(first, seq=second.seq)
    assert verdict(entries).broken == one + 1


@given(st.integers(1, 12), st.data())
def test_a_removed_tail_shows_against_a_head_and_only_there(
    count: int, data: st.DataObject
) -> None:
    entries = honest(count)
    kept = data.draw(st.integers(0, count - 1))
    assert verdict(entries[:kept]).whole
    found = verdict(entries[:kept], head_of(entries))
    assert (found.whole, found.broken) == (False, kept + 1)
    assert f"behind the exported head {count}" in found.reason
    assert "2027-05-03T12:00:00" in found.reason


@pytest.mark.parametrize("sign", [plain, STRANGER])
@given(count=st.integers(1, 12), data=st.data())
def test_a_chain_made_anew_without_the_key_shows_where_it_begins(
    sign: Sign, count: int, data: st.DataObject
) -> None:
    entries = honest(count)
    place = data.draw(st.integers(0, count - 1))
    changed = replace(entries[place], actor="USR-ANOTHER")
    before = entries[place - 1].hash if place else FIRST
    remade = []
    for each in [changed, *entries[place + 1 :]]:
        anew = replace(each, before=before)
        before = chain.hash_of(anew, sign)
        remade.append(replace(anew, hash=before))
    found = verdict([*entries[:place], *remade])
    assert (found.whole, found.broken) == (False, place + 1)


def test_another_chain_under_the_same_key_is_not_this_one() -> None:
    """A tail written anew by somebody who has the key: only an exported head tells."""
    entries = honest(6)
    other = linked([replace(each, actor="USR-ANOTHER") for each in entries])
    assert verdict(other).whole
    found = verdict(other, head_of(entries[:4]))
    assert (found.whole, found.broken) == (False, 4)
    assert "exported head" in found.reason


@given(st.integers(2, 12), st.data())
def test_a_part_of_another_chain_under_the_same_key_does_not_fit(
    count: int, data: st.DataObject
) -> None:
    """As from before a restore: rightly numbered, rightly signed, and not of this chain."""
    entries = honest(count)
    other = linked([replace(each, actor="USR-ANOTHER") for each in entries])
    place = data.draw(st.integers(1, count - 1))
    found = verdict([*entries[:place], *other[place:]])
    assert (found.whole, found.broken) == (False, place + 1)
    assert "does not follow" in found.reason


@pytest.mark.parametrize(
    "change",
    [{"seq": 3}, {"hash": "e" * 64}, {"at": "2028-01-01T00:00:00+00:00"}, {"signature": ""}],
)
def test_a_head_that_was_changed_or_never_exported_proves_nothing(
    change: dict[str, object],
) -> None:
    entries = honest(6)
    head = replace(head_of(entries[:5]), **change)
    found = verdict(entries[:5], head)
    assert not found.whole
    assert "not signed" in found.reason


def test_a_head_of_another_installation_proves_nothing() -> None:
    entries = honest(6)
    assert "not signed" in verdict(entries, head_of(entries, STRANGER)).reason


@given(st.integers(0, 10**9), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_head_comes_back_as_it_was_exported(seq: int, digest: str) -> None:
    head = Head(seq, digest).exported(NOON, SIGN)
    again = Head.from_json(head.to_json())
    assert (again, again.at, again.signature) == (head, head.at, head.signature)
    assert again.is_ours(SIGN)


@pytest.mark.parametrize(
    "text",
    [
        *("", "7", "null", "[]", "{}", '{"seq": 1}', '{"seq": "1", "hash": "a"}', "\0", "{"),
        json.dumps({"seq": 1.5, "hash": "a", "at": "", "signature": ""}),
        json.dumps({"seq": True, "hash": "a", "at": "", "signature": ""}),
        json.dumps({"seq": 1, "hash": None, "at": "", "signature": ""}),
        json.dumps({"seq": 1, "hash": "\ud800", "at": "", "signature": ""}),
    ],
)
def test_nothing_else_is_an_exported_head(text: str) -> None:
    with pytest.raises(ValueError, match="not an exported head"):
        Head.from_json(text)


def test_the_hash_does_not_depend_on_the_zone_in_which_the_moment_is_given() -> None:
    (entry,) = honest(1)
    same = replace(entry, at=entry.at.astimezone(timezone(timedelta(hours=9))))
    assert chain.hash_of(same, SIGN) == entry.hash


def test_what_stands_in_one_field_can_not_be_moved_into_the_next() -> None:
    (entry,) = honest(1)
    moved = replace(entry, actor=entry.actor + entry.roles, roles="")
    assert chain.hash_of(moved, SIGN) != entry.hash


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_the_same_facts_are_the_same_text(facts: dict[str, object]) -> None:
    turned = dict(reversed(list(facts.items())))
    assert chain.canonical(facts) == chain.canonical(turned)
    assert json.loads(chain.canonical(facts)) == facts

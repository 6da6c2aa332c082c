"""Words in a text that may point to a living person: for warnings, since each may be innocent."""

import re
from collections.abc import Callable, Iterator

# Set aside for examples, so that they reach nobody: RFC 2606, and Ofcom's numbers for drama.
_NOBODYS_ADDRESS = re.compile(
    r"@(?:[\w-]+\.)*(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$", re.I
)
_NOBODYS_PHONE = re.compile(r"^(?:07700900|01632960|02079460|08081570|03069990)")
_NUMBER = re.compile(r"[\s()-]+")


def _is_health_number(found: str) -> bool:
    """The tenth digit of an NHS number checks the nine before it (modulus 11)."""
    digits = [int(sign) for sign in found if sign.isdigit()]
    total = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == digits[9]


def _is_phone(found: str) -> bool:
    bare = _NUMBER.sub("", found).replace("+44", "0")
    return 10 <= len(bare) <= 11 and not _NOBODYS_PHONE.match(bare)


def _is_somebodys(address: str) -> bool:
    return _NOBODYS_ADDRESS.search(address) is None


def _always(_found: str) -> bool:
    return True


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        "a National Insurance number",
        re.compile(r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z]{2} ?(?:\d\d ?){3}[A-D]\b"),
        _always,
    ),
    ("an NHS number", re.compile(r"\b\d{3}[ -]\d{3}[ -]\d{4}\b"), _is_health_number),
    (
        "a reference of the Home Office or of a referral",
        re.compile(
            r"\b(?:NRM|CID|HO|ASF|UAN|GWF|Home Office)"
            r"(?: (?:ref(?:erence)?|number|no)\b\.?)?[ :/]*[A-Z]{0,3}\d{5,10}(?:/\d+)?\b"
        ),
        _always,
    ),
    ("an email address", re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"), _is_somebodys),
    ("a telephone number", re.compile(r"(?<![\w+])(?:\+44 ?|0)(?:\d[ -]?){8,9}\d\b"), _is_phone),
    (
        "a postcode",
        re.compile(r"\b(?:GIR 0AA|[A-PR-UWYZ][A-HK-Y]?\d[\dA-HJKPSTUW]? \d[ABD-HJLNP-UW-Z]{2})\b"),
        _always,
    ),
    (
        "a day of birth",
        re.compile(
            r"\b(?:born(?: on)?|date of birth|DOB|d\.o\.b\.?):? *"
            r"(?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8} \d{4}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})",
            re.I,
        ),
        _always,
    ),
)

_ANY_KIND = re.compile(r"[\d@]")  # each of them has a digit or an @; most lines have neither


def found_in(text: str) -> Iterator[tuple[str, str]]:
    """What may point to a person in a text: what it looks like, and the words."""
    if not _ANY_KIND.search(text):
        return
    for what, pattern, is_one in _KINDS:
        for match in pattern.finditer(text):
            if is_one(match[0]):
                yield what, match[0]

"""What may point to a living person, and what only looks a little like it."""

import pytest

from lms import identifiers

THEIRS = {
    "Her number is AB 12 34 56 C.": "AB 12 34 56 C",
    "AB123456C": "AB123456C",
    "NHS 943 476 5919": "943 476 5919",
    "See NRM 123456 of May.": "NRM 123456",
    "Home Office reference A1234567": "Home Office reference A1234567",
    "HO ref: B7654321/2": "HO ref: B7654321/2",
    "Write to jo.smith@hospital.nhs.uk.": "jo.smith@hospital.nhs.uk",
    "Ring 07912 345 678 now": "07912 345 678",
    "Ring +44 7912 345678 now": "+44 7912 345678",
    "Ring 0161 234 5678.": "0161 234 5678",
    "They lived at M1 4BT then.": "M1 4BT",
    "DOB 03/05/1990": "DOB 03/05/1990",
    "She was born on 3 May 1990.": "born on 3 May 1990",
}
NOBODYS = [
    "Ring 07700 900123 or +44 7700 900123.",
    "Write to jo@mail.example, jo@example.org or jo@x.test.",
    "Application 21884/15 of 30 March 2017, paragraph 96.",
    "R (ABW) v Home Secretary [2025] EWHC 3280 (Admin), SSI 2018/90, s.45(2), Article 4.",
    "In 2024 there were 19,125 referrals to the NRM; 5 in 100 had 2 decisions.",
    "943 476 5918 fails its own check, QQ 12 34 56 C is nobody's.",
    "A form C2 or E1 2 pages long, 12 GB of it; born in 1990; 2026-04-07.",
    "0123",
]


@pytest.mark.parametrize("text", THEIRS)
def test_what_may_be_somebodys_is_found(text: str) -> None:
    assert [words for _, words in identifiers.found_in(text)] == [THEIRS[text]]


@pytest.mark.parametrize("text", NOBODYS)
def test_what_is_nobodys_is_let_be(text: str) -> None:
    assert list(identifiers.found_in(text)) == []

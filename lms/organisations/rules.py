"""Rules about organisations: their names, their nation, their approval."""

import unicodedata
from datetime import date
from enum import StrEnum

from lms.errors import RuleBroken


class Nation(StrEnum):
    """Where an organisation works; which law and which support its advocates meet."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


NATION_WORDS = {
    Nation.ENGLAND_AND_WALES: "England and Wales",
    Nation.SCOTLAND: "Scotland",
    Nation.NORTHERN_IRELAND: "Northern Ireland",
}


def name_key(name: str) -> str:
    """What two spellings of one name have in common.

    Neither case nor spaces tell them apart, nor what nobody can see, such as a soft hyphen.
    """
    seen = "".join(each for each in name if unicodedata.category(each) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).casefold().split())


def check_name(name: str) -> None:
    """Refuse a name of which nothing can be seen; raises RuleBroken."""
    if not name_key(name):
        raise RuleBroken("Enter its name")


def check_span(starts_on: date, ends_on: date) -> None:
    """Refuse an end before its beginning; raises RuleBroken."""
    if ends_on < starts_on:
        raise RuleBroken("The last day can’t be before the first.")

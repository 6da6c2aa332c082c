"""Reads docs/access.md."""

import re
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parents[2] / "docs" / "access.md"
PEOPLE = "adv oth fst snd tut ext reg cha acc coo cob sup aut adm".split()
PUBLIC = "pub"
# What somebody who isn't signed in gets: the sign-in page, on either method.
SIGN_IN = "in"
_LINE = re.compile(r"^(GET|POST) +(\S.*?) {2,}(\d{3})((?: +[a-z]{3}=\d{3})*)$")


@dataclass(frozen=True)
class Line:
    """One address and method, and what each kind of person gets."""

    method: str
    address: str
    answers: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    def at(self, things: dict[str, str]) -> str:
        """The address with what the world calls these things."""
        return re.sub(r"\{([^}]+)\}", lambda found: things[found[1]], self.address)


def lines() -> list[Line]:
    """Every line of the table."""
    found = []
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        if text.startswith(("GET ", "POST ")):
            line = _LINE.match(text)
            assert line, f"not a line of the table: {text}"
            named = dict(each.split("=") for each in line[4].split())
            answers = {PUBLIC: SIGN_IN, **dict.fromkeys(PEOPLE, line[3]), **named}
            assert set(answers) == {PUBLIC, *PEOPLE}, f"nobody is called that: {text}"
            found.append(Line(line[1], line[2], answers))
    return found

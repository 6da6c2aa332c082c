"""What each rulebook makes of the same marks, worked out by hand.

The reconciled marks, by the weights of the rubrics:

Case analysis (25, 15, 20, 10, 15, 15)
  Amina  68×0.25 + 66×0.15 + 69×0.20 + 67×0.10 + 65×0.15 + 68×0.15 = 67.35
  Bryn   72×0.25 + 72×0.15 + 71×0.20 + 73×0.10 + 73×0.15 + 72×0.15 = 72.05, one day late
Plan (20, 15, 15, 20, 15, 15)
  Amina  66×0.20 + 60×0.15 + 63×0.15 + 60×0.20 + 61×0.15 + 63×0.15 = 62.25
  Bryn   54×0.20 + 52×0.15 + 52×0.15 + 54×0.20 + 50×0.15 + 52×0.15 = 52.50
The last two rows must be passed, and are: nothing is held back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.journeys.learning_and_handing_in import CASE, PLAN


@dataclass(frozen=True)
class Expected:
    """What the pages have to show under one rulebook.

    late_paragraph  how the rule about late work is cited
    marks           by advocate and assessment, after lateness and cap
    working         by outcome, lines of the working that the board sees
    """

    late_paragraph: str
    marks: dict[str, dict[str, str]]
    working: dict[str, Sequence[str]]


EXPECTED = {
    # Half up to whole marks; 3 points a day; passed at 50.
    "example-2026": Expected(
        "regulation 6.2",
        {"Amina": {CASE: "67", PLAN: "62"}, "Bryn": {CASE: "69", PLAN: "53"}},
        {
            "Award": ["67 is 50 or more: 10 credits", "62 is 50 or more", "20 of 20"],
            "Late, and passed": ["72 − 3 = 69", "69 is 50 or more", "52.5 is rounded to 53"],
            "Refer: a further attempt": ["0 is below 50", "attempt 1 of 2", "0 of 20"],
        },
    ),
    # A half to the even neighbour; 5 % of the mark a day, 72 − 3.6 = 68.4; passed at 50.
    "example-college-2026": Expected(
        "regulation C2",
        {"Amina": {CASE: "67", PLAN: "62"}, "Bryn": {CASE: "68", PLAN: "52"}},
        {
            "Award": ["67 is 50 or more: 10 credits", "62 is 50 or more", "20 of 20"],
            "Late, and passed": ["72 − 3.6 = 68.4", "68 is 50 or more", "52.5 is rounded to 52"],
            "Refer: a further attempt": ["0 is below 50", "attempt 1 of 2", "0 of 20"],
        },
    ),
}

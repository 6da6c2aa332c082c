"""Texts that the demonstration's people hand in and write. Made up, like the people."""

_OPENINGS = (
    "The person whom I call Dara wants three things, in this order: a door that locks, a phone "
    "that nobody else has held, and news of a sister. I keep that order throughout.",
    "This analysis begins with what is known and by whom. Where a fact comes from one source "
    "alone, I say so, and I draw nothing from it that a second source could undo.",
    "I have written this as I would write a record that the person might one day read: in plain "
    "words, with my own view kept apart from what I was told.",
)
_MIDDLES = (
    "The rule in the nation where somebody lives decides more than the label on their file. I set "
    "the three nations side by side and mark where I would ask before acting.",
    "An advocate does not decide. What I can do is to make sure that a decision is asked for, in "
    "time, by somebody with the right to ask, and that the person knows what it will settle.",
    "Three questions are for a lawyer, and I name them as such. I don’t answer them here, because "
    "a wrong answer from me would be harder to undo than no answer.",
    "I considered whether to press for the quicker route. It would have suited the service. It "
    "would not have suited the person, who had asked for one more week and had reasons for it.",
)
_ENDINGS = (
    "I end with what I would bring to supervision: one thing I did well, one that I would do "
    "otherwise, and one that I do not know yet.",
    "What remains open is listed, with a date against each line and a name beside each date.",
)
FEEDBACK = (
    "Exact, sourced, and turned into choices that the person can use.",
    "Right, with small gaps that would not mislead. Say where the rule stands.",
    "Mostly right. One gap that a supervisor would need to close before you act on it.",
    "Read the page on boundaries again, and say who decides before you say what you would do.",
)
OVERALL = "Keep the order of the person’s own aims: it is the strength of this work."
REASON = "We read the descriptors together and found the middle of the band."


def essay(number: int) -> str:
    """A short piece of work in Markdown, a different one for each number."""
    middles = [_MIDDLES[(number + i) % len(_MIDDLES)] for i in range(3)]
    parts = [
        "# Analysis",
        _OPENINGS[number % len(_OPENINGS)],
        "## What the law says, and where",
        *middles[:2],
        "## What I would do",
        middles[2],
        "- Ask what the person wants to be known, and by whom.",
        "- Write down what I was told, and by whom.",
        "- Name the decision, who makes it, and by when.",
        "## What stays open",
        _ENDINGS[number % len(_ENDINGS)],
    ]
    return "\n\n".join(parts).replace("\n\n- ", "\n- ").replace("\n- Ask", "\n\n- Ask")

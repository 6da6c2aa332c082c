"""What can go wrong, in six kinds; each carries one sentence for the person who sees it."""

from collections.abc import Sequence


class LmsError(Exception):
    """A refusal with a sentence fit for the person who sees it."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(LmsError):
    """There is no such thing, or it isn't yours: the answer is the same. 404."""


class NotPermitted(LmsError):
    """An action your role never has, at an address you may know of. 403."""


class RuleBroken(LmsError):
    """A rule refuses it. 422.

    source   the paragraph or law the rule stands on; empty for a rule of the house
    missing  what would have to be so, one sentence each, when there are several
    """

    def __init__(self, sentence: str, *, source: str = "", missing: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.source = source
        self.missing = tuple(missing)


class Conflict(LmsError):
    """Somebody else was there first, or did it already. 409."""


class Unavailable(LmsError):
    """It can't be done just now, and nothing was changed. 503.

    retry_after  seconds after which trying again makes sense
    """

    def __init__(self, sentence: str, *, retry_after: int = 60) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class TooMany(LmsError):
    """Too many attempts in a short time. 429.

    retry_after  seconds after which trying again makes sense
    """

    def __init__(self, sentence: str, *, retry_after: int = 300) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after

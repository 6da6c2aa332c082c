"""What each state is called, and how it looks: tone, icon and word (DESIGN.md 7).

Keys are the names of the states themselves (CONTRACT.md), so a page says
`status("standing", entry.standing)`. A state without a row here is an error, not a guess.
"""

import string
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from markupsafe import Markup

from lms.web.icons import icon, icons

__all__ = ["STATUSES", "Status", "Tone", "icons", "status", "status_of"]


class Tone(StrEnum):
    """What a colour means; it never stands without an icon and a word."""

    GOOD = "good"  # done, in order
    INFO = "info"  # in hands, nothing to do
    WAIT = "wait"  # needs somebody
    STOP = "stop"  # error, refused, can't be undone
    HOLD = "hold"  # paused, restricted, content advice
    CALM = "calm"  # neutral


@dataclass(frozen=True)
class Status:
    """One state as people see it.

    word   what the tag says; a name in braces is a fact that `said` must be given
    icon   a name in icons.svg
    """

    word: str
    tone: Tone
    icon: str

    @property
    def facts(self) -> frozenset[str]:
        """Names of the facts that the word needs, such as a date."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.word) if name)

    def said(self, **facts: str) -> str:
        """The word, with its facts filled in; TypeError when one is missing or too many."""
        if facts.keys() != self.facts:
            raise TypeError(f"{self.word!r} needs {sorted(self.facts)}, got {sorted(facts)}")
        return self.word.format_map(facts)


def _good(word: str, icon: str) -> Status:
    return Status(word, Tone.GOOD, icon)


def _info(word: str, icon: str) -> Status:
    return Status(word, Tone.INFO, icon)


def _wait(word: str, icon: str) -> Status:
    return Status(word, Tone.WAIT, icon)


def _stop(word: str, icon: str) -> Status:
    return Status(word, Tone.STOP, icon)


def _hold(word: str, icon: str) -> Status:
    return Status(word, Tone.HOLD, icon)


def _calm(word: str, icon: str) -> Status:
    return Status(word, Tone.CALM, icon)


# What an employer's check may answer; `withheld` is not among them.
_ANSWERS = {
    "in_training": _info("In training", "book"),
    "award_made": _info("Award made, accreditation pending", "hourglass"),
    "accredited": _good("Accredited", "shield"),
    "accredited_with_conditions": _wait("Accredited with conditions", "shield-note"),
    "suspended": _hold("Suspended", "pause"),
    "lapsed": _wait("Lapsed", "clock"),
    "withdrawn": _calm("Withdrawn at own request", "undo"),
    "revoked": _stop("Revoked", "cross-circle"),
}

STATUSES: dict[str, dict[str, Status]] = {
    "reading": {
        "not_started": _calm("Not started", "ring"),
        "reading": _info("Reading", "half"),
        "read": _good("Read", "tick-circle"),
        "alternative": _good("Read another way", "tick-circle"),
        "paused": _good("Paused here", "pause"),
        "done": _good("Done", "tick-circle"),
        "under_way": _info("Under way", "half"),
        "opens": _calm("Opens {day}", "clock"),
        "overdue": _wait("Overdue", "clock"),
    },
    "content": {
        "being_checked": _wait("Being checked", "clock"),
    },
    "draft": {
        "open": _info("Under way", "pencil"),
        "published": _good("Published", "tick-circle"),
        "closed": _calm("Put away", "minus-circle"),
    },
    "draft_file": {
        "written": _info("Changed", "pencil"),
        "uploaded": _info("New file", "file"),
        "deleted": _wait("Taken out", "minus-circle"),
    },
    "review": {
        "agrees": _good("Agrees", "tick"),
        "objects": _stop("Objects", "stop"),
        "withdraws": _calm("Objection withdrawn", "undo"),
        "settled": _calm("Objected, settled since", "tick"),
        "older": _calm("Agreed to an older text", "clock"),
        "missing": _calm("Not yet reviewed", "ring"),
    },
    "publishing": {
        "waiting": _wait("Waiting", "clock"),
        "working": _info("Under way", "half"),
        "interrupted": _wait("Tried again soon", "clock"),
        "given_up": _stop("Could not be done", "stop"),
        "published": _good("Published", "tick-circle"),
        "checked": _good("Checked", "tick-circle"),
        "refused": _stop("Refused", "stop"),
    },
    "finding": {
        "error": _stop("To mend", "stop"),
        "warning": _wait("To look at", "flag"),
    },
    "problem": {
        "open": _wait("Not answered yet", "clock"),
        "answered": _good("Answered", "message"),
    },
    "handing_in": {
        "not_handed_in": _calm("Not handed in", "ring"),
        "draft_saved": _calm("Draft saved", "pencil"),
        "due": _wait("Due {when}", "clock"),
        "more_time": _info("More time, to {day}", "calendar"),
        "handed_in": _good("Handed in", "tick-circle"),
        "handed_in_late": _wait("Handed in late", "clock"),
        "being_marked": _info("Being marked", "dots"),
    },
    "mark": {
        "provisional": _wait("Provisional", "half"),
        "confirmed": _good("Confirmed", "seal"),
        "second_attempt_due": _wait("Second attempt due", "undo"),
        "first_attempt_later": _info("First attempt, later", "calendar"),
    },
    "marking": {
        "waiting": _wait("Waiting for you", "inbox"),
        "first_draft": _calm("First mark, draft", "pencil"),
        "first_given": _info("First mark given", "tick"),
        "second_given": _info("Second mark given", "two"),
        "third_needed": _wait("Third mark needed", "two"),
        "reconciled": _good("Reconciled", "two"),
        "moderated": _good("Moderated, unchanged", "two"),
        "released": _info("Released, provisional", "message"),
        # For the office, which waits for somebody else, and for the steps between.
        "unmarked": _calm("Not marked yet", "ring"),
        "second_draft": _calm("Second mark, draft", "pencil"),
        "both_given": _wait("To reconcile", "two"),
        "proposed": _wait("Proposal waits", "two"),
        "confirmed": _good("Confirmed", "seal"),
    },
    "board": {
        "not_decided": _calm("Not decided", "ring"),
        "award": _good("Award", "seal"),
        "refer": _wait("Refer", "undo"),
        "defer": _info("Defer", "calendar"),
        "fail": _stop("Fail", "cross-circle"),
        "ratified": _good("Ratified", "lock"),
        "compensated": _good("Compensated", "tick"),
        "withdraw": _calm("Withdraw", "minus-circle"),
        "exit_award": _info("Exit award", "seal"),
    },
    "enrolment": {
        "offered": _calm("Offered", "message"),
        "enrolled": _good("Enrolled", "tick"),
        "on_leave": _info("On leave", "pause"),
        "completed": _good("Completed", "seal"),
        "withdrawn": _calm("Withdrawn", "minus-circle"),
        "transferred": _info("Moved to {year}", "arrow-right"),
        "attend_only": _calm("Attends, no assessment", "person"),
        "moved_on": _info("Moved to a later intake", "arrow-right"),
    },
    "standing": {
        **_ANSWERS,
        "withheld": _calm("Withheld", "lock"),
    },
    "check": {
        **_ANSWERS,
        "no_match": _calm("No match", "question"),
    },
    # The rows below are of the same make as DESIGN.md's: lists of people and proposals need them.
    "invitation": {
        "not_sent": _calm("Not invited", "ring"),
        "sent": _info("Invited", "message"),
        "accepted": _good("Accepted", "tick"),
        "expired": _wait("Invitation expired", "clock"),
        "cancelled": _calm("Invitation cancelled", "minus-circle"),
    },
    "role": {
        "held": _good("Held", "tick"),
        "waiting": _wait("Waiting for a second registrar", "two"),
        "ended": _calm("Ended", "minus-circle"),
    },
    "account": {
        "active": _good("Active", "tick"),
        "disabled": _calm("Disabled", "lock"),
    },
    "organisation": {
        "proposed": _wait("Waiting for approval", "hourglass"),
        "approved": _good("Approved", "tick"),
        "withdrawn": _calm("Approval withdrawn", "undo"),
        "closed": _calm("Closed", "minus-circle"),
    },
    "kind": {
        "assessed": _info("With assessment", "pencil"),
        "attends": _calm("Attends, no assessment", "person"),
    },
    "import_row": {
        "new": _good("New, place offered", "tick"),
        "known": _info("Has an account, place offered", "person"),
        "unchanged": _calm("Has this place already", "minus-circle"),
        "refused": _stop("Can’t be taken", "cross-circle"),
    },
    "work": {
        "open": _info("Still due", "clock"),
        "missing": _wait("Not handed in", "minus-circle"),
        "in_marking": _info("Being marked", "dots"),
    },
    "proposal": {
        "waiting": _wait("Waiting for a second person", "two"),
        "confirmed": _good("Confirmed", "tick"),
        "declined": _calm("Declined", "minus-circle"),
    },
    "trail": {
        "whole": _good("Whole", "tick-circle"),
        "broken": _stop("Broken", "stop"),
    },
}


def status_of(group: str, key: str) -> Status:
    """How a state is shown; LookupError for a group or a key that has no row."""
    try:
        return STATUSES[group][key]
    except KeyError:
        raise LookupError(f"no status {key!r} in {group!r}") from None


def status(group: str, key: str, **facts: str) -> Markup:
    """A state in its tone, icon and word, with the facts that its word needs, such as a day."""
    return _tag(status_of(group, key), **facts)


@lru_cache(maxsize=1000)
def _tag(state: Status, **facts: str) -> Markup:
    tag = Markup('<span class="tag t-{}">{}{}</span>')
    return tag.format(state.tone, icon(state.icon), state.said(**facts))

"""What can become of a script's mark, told a second time and in another way."""

from dataclasses import dataclass, field

from lms.errors import Conflict, RuleBroken
from lms.marking.events import Progress, What


@dataclass
class Model:
    """What the regulations say, told without a table: who gave what, who proposed, how far it is.

    Two marks, in either order; then proposals, as many as they like; then the other agrees; then
    release; then the board. Nothing happens twice but a proposal, and nothing is taken back.
    """

    given: set[What] = field(default_factory=set)
    proposed_by: int | None = None
    settled: int = 0  # 1 reconciled, 2 released, 3 confirmed

    def answer(self, what: What, by_id: int) -> type[Exception] | None:
        if what in (What.FIRST_GIVEN, What.SECOND_GIVEN):
            return Conflict if what in self.given else None
        both = len(self.given) == 2
        if what is What.PROPOSED:
            return Conflict if self.settled else None if both else RuleBroken
        if what is What.RECONCILED:
            if self.settled:
                return Conflict
            waits = self.proposed_by is not None and self.proposed_by != by_id
            return None if waits else RuleBroken
        step = {What.RELEASED: 2, What.CONFIRMED: 3}[what]
        if self.settled >= step:
            return Conflict
        return None if self.settled == step - 1 else RuleBroken

    def take(self, what: What, by_id: int) -> None:
        if what in (What.FIRST_GIVEN, What.SECOND_GIVEN):
            self.given.add(what)
        elif what is What.PROPOSED:
            self.proposed_by = by_id
        else:
            self.settled += 1

    @property
    def progress(self) -> Progress:
        if self.settled:
            return [Progress.RECONCILED, Progress.RELEASED, Progress.CONFIRMED][self.settled - 1]
        if self.proposed_by is not None:
            return Progress.PROPOSED
        if len(self.given) == 2:
            return Progress.BOTH_GIVEN
        return {
            frozenset(): Progress.WAITING,
            frozenset({What.FIRST_GIVEN}): Progress.FIRST_GIVEN,
            frozenset({What.SECOND_GIVEN}): Progress.SECOND_GIVEN,
        }[frozenset(self.given)]

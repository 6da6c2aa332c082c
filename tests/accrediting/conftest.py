"""Somebody with an award of the board, on the day after it, and two accreditors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from lms import clock
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.accreditation.models import Entry
from lms.accreditation.queries import entry_of
from tests import factories
from tests.board.world import BOARD_DAY, World, make_world


@dataclass
class Case:
    """A person with an award, and those who decide on them."""

    world: World
    entry: Entry
    first: Account
    second: Account


@pytest.fixture
def day_after(app: Flask) -> Iterator[Flask]:
    """The day after the board; the clock stands."""
    with clock.stopped(BOARD_DAY + timedelta(days=1)):
        yield app


@pytest.fixture
def case(day_after: Flask) -> Case:
    """An award of the board, and two accreditors who have nothing to do with it."""
    with clock.stopped(BOARD_DAY):
        world = make_world((60, 60))
        world.ratify()
    entry = entry_of(world.enrolments[0].advocate_id)
    assert entry is not None
    first, second = (factories.make_account(Role.ACCREDITOR) for _ in range(2))
    return Case(world, entry, first, second)

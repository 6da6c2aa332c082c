"""The day on which boards meet in these tests."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lms import clock
from tests.board.world import BOARD_DAY


@pytest.fixture
def board_day(app: Flask) -> Iterator[Flask]:
    """An empty installation on the day of the board; its clock stands."""
    with clock.stopped(BOARD_DAY):
        yield app

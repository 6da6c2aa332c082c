"""A cohort in spring, before its intake begins, and an employer that a roster may name."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from lms import clock
from lms.access.actor import SYSTEM
from lms.cohorts.models import Cohort
from lms.db import unit_of_work
from lms.organisations import operations as organisations
from lms.organisations.models import Organisation
from lms.organisations.rules import Nation
from tests import factories
from tests.cohorts.rosters import EMPLOYER

SPRING = datetime(2026, 4, 20, 9, tzinfo=UTC)


@pytest.fixture
def spring() -> Iterator[datetime]:
    """The clock stands on a Monday in April."""
    with clock.stopped(SPRING):
        yield SPRING


@pytest.fixture
def cohort(app: Flask, spring: datetime) -> Cohort:
    """The cohort of the next September."""
    return factories.make_cohort(year=2026)


@pytest.fixture
def employer(app: Flask, spring: datetime) -> Organisation:
    """The approved organisation that rows name."""
    with unit_of_work():
        found = organisations.name_organisation(EMPLOYER, Nation.SCOTLAND, actor=SYSTEM)
        organisations.approve(found, actor=SYSTEM)
    return found

"""Moments and decimals come back as they went in, on both databases."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from lms.db import Exact, Moment, db, unit_of_work

pytestmark = pytest.mark.usefixtures("app")
# Every example leaves the database as it was.
several = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

SCRATCH = Table(
    "scratch",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Moment),
    Column("points", Exact),
    prefixes=["TEMPORARY"],
)
LONDON = ZoneInfo("Europe/London")

moments = st.datetimes(
    min_value=datetime(1000, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
    allow_imaginary=False,
)
decimals = st.decimals(
    min_value=-(10**9), max_value=10**9, places=8, allow_nan=False, allow_infinity=False
) | st.decimals(min_value=0, max_value=100, places=1)


def kept(column: str, values: Sequence[Any]) -> list[Any]:
    """The same values, after a stay in the database; in the order of their rows."""
    with unit_of_work():
        connection = db.session.connection()
        SCRATCH.create(connection)
        rows = [{"id": number, column: value} for number, value in enumerate(values)]
        connection.execute(insert(SCRATCH), rows)
        found = connection.scalars(select(SCRATCH.c[column]).order_by(SCRATCH.c.id)).all()
        SCRATCH.drop(connection)
    return list(found)


def ordered(values: Sequence[datetime]) -> list[datetime]:
    """The order in which the database has them."""
    with unit_of_work():
        connection = db.session.connection()
        SCRATCH.create(connection)
        connection.execute(insert(SCRATCH), [{"at": value} for value in values])
        found = connection.scalars(select(SCRATCH.c.at).order_by(SCRATCH.c.at)).all()
        SCRATCH.drop(connection)
    return list(found)


@several
@given(st.lists(moments, min_size=1, max_size=20))
def test_a_moment_comes_back_as_the_same_moment_in_utc(values: list[datetime]) -> None:
    found = kept("at", values)
    assert found == [value.astimezone(UTC) for value in values]
    assert all(each.tzinfo is UTC or each.utcoffset() == timedelta(0) for each in found)


@several
@given(st.lists(moments, min_size=2, max_size=20))
def test_the_database_orders_moments_as_time_does(values: list[datetime]) -> None:
    assert ordered(values) == sorted(value.astimezone(UTC) for value in values)


def test_both_times_of_the_repeated_hour_are_told_apart() -> None:
    early = datetime(2027, 10, 31, 1, 30, tzinfo=LONDON, fold=0)
    late = early.replace(fold=1)
    found = kept("at", [early, late])
    assert found[1] - found[0] == timedelta(hours=1)
    assert found[0].isoformat() == "2027-10-31T00:30:00+00:00"


def test_microseconds_are_kept() -> None:
    last = datetime(2027, 5, 1, 22, 59, 59, 999_999, tzinfo=UTC)
    assert kept("at", [last, last + timedelta(microseconds=1)])[0] == last


def test_no_moment_and_no_number_stay_none() -> None:
    assert kept("at", [None]) == [None]
    assert kept("points", [None]) == [None]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(StatementError, match="zone"):
        kept("at", [datetime(2027, 5, 1, 12)])  # noqa: DTZ001 - that is the point


def test_a_zone_far_from_utc_changes_nothing() -> None:
    far = datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=14)))
    assert kept("at", [far])[0].isoformat() == "2026-12-31T10:30:00+00:00"


@several
@given(st.lists(decimals, min_size=1, max_size=20))
def test_a_decimal_comes_back_with_all_its_digits(values: list[Decimal]) -> None:
    assert [str(each) for each in kept("points", values)] == [str(each) for each in values]


def test_marks_that_a_float_would_bend_do_not_bend() -> None:
    values = [Decimal(each) for each in ("0.1", "49.5", "60.0", "39.995", "1E+2", "-0.05")]
    found = kept("points", values)
    assert [str(each) for each in found] == [str(each) for each in values]
    assert all(isinstance(each, Decimal) for each in found)


def test_a_decimal_longer_than_its_column_is_refused_by_both() -> None:
    assert kept("points", [Decimal("1." + "3" * 22)]) == [Decimal("1." + "3" * 22)]
    with pytest.raises(StatementError, match="characters"):
        kept("points", [Decimal("1." + "3" * 23)])

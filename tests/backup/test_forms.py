"""Every column has a form in a backup, and every value comes back from it as it was."""

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Column, Float, MetaData, Table

from lms import backup_tables
from lms.db import fact_tables

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=5,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "moment": st.datetimes(timezones=st.just(UTC)),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=2),
    "day": st.dates(),
    "bytes": st.binary(),
    "json": PLAIN_JSON,
    "truth": st.booleans(),
    "whole number": st.integers(-(2**63), 2**63 - 1),
    "text": ANY_TEXT,
}


@pytest.mark.parametrize("table", backup_tables.tables(), ids=lambda table: table.name)
def test_every_column_of_every_table_has_a_form(table: Table) -> None:
    forms = {backup_tables._form(column)[1] for column in table.columns}
    assert forms <= set(VALUES)
    assert list(table.primary_key.columns), "rows need an order"


def test_a_column_of_a_kind_without_a_form_is_refused_and_never_left_out() -> None:
    table = Table("strange", MetaData(), Column("mark", Float))
    with pytest.raises(TypeError, match=r"does not know the type of strange\.mark"):
        backup_tables._form(table.c.mark)


@pytest.mark.parametrize("form", backup_tables._FORMS, ids=lambda form: form[1])
@given(data=st.data())
def test_every_value_comes_back_as_it_was(form: Any, data: st.DataObject) -> None:
    _, name, into, back = form
    value = data.draw(VALUES[name])
    line = backup_tables._line([into(value)])
    assert line.count(b"\n") == 1
    found = back(json.loads(line)[0])
    assert found == value
    assert type(found) is type(value)


def test_values_keep_their_last_digit_and_their_zone() -> None:
    forms = {name: (into, back) for _, name, into, back in backup_tables._FORMS}
    moment = datetime(2027, 10, 31, 1, 30, 0, 1, tzinfo=UTC)
    for name, value in (("decimal", Decimal("62.50")), ("moment", moment)):
        into, back = forms[name]
        assert str(back(into(value))) == str(value)
    assert forms["day"][1](forms["day"][0](date(2028, 2, 29))) == date(2028, 2, 29)


@pytest.mark.parametrize("header", [b"", b"null\n", b'{"table":"account","columns":[]}\n', b"{"])
def test_rows_under_another_header_are_refused(header: bytes) -> None:
    table = backup_tables.tables()[0]
    with pytest.raises(ValueError, match=r"columns|Expecting"):
        list(backup_tables.rows(io.BytesIO(header), table))


def test_every_fact_is_in_a_backup_and_is_loaded_after_what_it_points_to() -> None:
    order = [table.name for table in backup_tables.tables()]
    assert fact_tables() <= set(order)
    for table in backup_tables.tables():
        for key in table.foreign_keys:
            target = key.column.table.name
            assert target == table.name or order.index(target) < order.index(table.name)

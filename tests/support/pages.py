"""Visiting pages over HTTP, as a browser without scripts does."""

import re
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import clock
from lms.accounts.models import Account
from lms.db import db, unit_of_work
from lms.sessions import operations as sessions, queries

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Client(FlaskClient):
    """A client whose requests start with nothing left over from the one before.

    The test holds an application context, which Flask would share between requests.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.rollback()
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)


class Visitor:
    """One browser with its cookies.

    token  one against forgery that its session knows of already
    """

    def __init__(self, app: Flask, token: str = "") -> None:
        self.app = app
        self._token = token
        self.client = Client(app, app.response_class)

    @classmethod
    def signed_in(cls, app: Flask, account: Account) -> "Visitor":
        """A visitor whose sign-in is complete and fresh."""
        visitor = cls(app)
        with unit_of_work():
            half = sessions.sign_in(account, complete=False)
            token = sessions.complete(queries.session_with(half))
        with visitor.client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
            session["seen"] = int(clock.now().timestamp())
        return visitor

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **kwargs)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send fields with a valid token of this session, but without opening the page first.

        Files are given as tuples (stream, name), as Werkzeug's client takes them.
        """
        data = {"csrf_token": self.token(), **fields}
        return self.client.post(path, data=data, content_type="multipart/form-data")

    def fill_in(self, path: str, **fields: Any) -> TestResponse:
        """Open a page, fill in its form with what it holds and these fields, and send it.

        Names with a hyphen are given with a double underscore: born_on__day.
        """
        page = self.get(path)
        assert page.status_code == 200, f"{path} answers {page.status_code}"
        hidden = dict(_HIDDEN.findall(page.text))
        named = {name.replace("__", "-"): value for name, value in fields.items()}
        return self.client.post(
            path,
            data={**hidden, **named},
            content_type="multipart/form-data",
            follow_redirects=True,
        )

    def token(self) -> str:
        """A token against forgery, valid for this session."""
        if self._token:
            return self._token
        page = self.client.get("/help/").text
        found = _TOKEN.search(page)
        assert found, "no form on the help page"
        return found[1]


def day(name: str, value: Any) -> dict[str, str]:
    """The three boxes of a date field, as fill_in takes them."""
    return {
        f"{name}__day": str(value.day),
        f"{name}__month": str(value.month),
        f"{name}__year": str(value.year),
    }


def moment(name: str, value: Any) -> dict[str, str]:
    """The four boxes of a moment field: a date and a London wall time."""
    wall = value.astimezone(clock.LONDON)
    return {**day(name, wall), f"{name}__time": f"{wall:%H:%M}"}

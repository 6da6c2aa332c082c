"""The least a Flask application can do for the same work: what our numbers are ratios to.

It keeps no rule, no audit and no layout, and it knows one table for each question. Served by the
same server as the product, over SQLite with the same settings.
"""

import os
import sqlite3
import threading
import time
from pathlib import Path

from flask import Flask, redirect, render_template_string, request, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup

HOME = Path(os.environ["LIMITS_HOME"])
PAGE = Markup(HOME.joinpath("page.html").read_text(encoding="utf-8"))  # noqa: S704 - our own page
NAV = [f"Module {number}" for number in range(1, 9)]
FRAME = """<!doctype html><html lang=en-GB><head><meta charset=utf-8><title>{{ title }}</title>
<link rel=stylesheet href=/static/a.css></head><body><header><nav><ul>{% for each in nav %}<li>
<a href="/{{ loop.index }}">{{ each }}</a></li>{% endfor %}</ul></nav>
<span>{{ name }}</span></header>
<main>{{ body }}</main><footer>Foot</footer></body></html>"""

app = Flask(__name__)
app.secret_key = "limits"
_local = threading.local()


def connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        found = sqlite3.connect(HOME / "limits.sqlite", isolation_level=None, timeout=10)
        found.execute("PRAGMA journal_mode = wal")
        found.execute("PRAGMA synchronous = full")
        _local.connection = found
    kept: sqlite3.Connection = _local.connection
    return kept


def reader() -> tuple[int, str]:
    row = connection().execute("SELECT id, name FROM person WHERE id = ?", (session["who"],))
    found: tuple[int, str] = row.fetchone()
    return found


@app.get("/enter/<int:who>")
def enter(who: int) -> ResponseReturnValue:
    session["who"] = who
    return redirect("/page")


@app.get("/page")
def page() -> ResponseReturnValue:
    _, name = reader()
    return render_template_string(FRAME, title="Module 1", nav=NAV, name=name, body=PAGE)


@app.get("/dash")
def dash() -> ResponseReturnValue:
    who, name = reader()
    (count,) = (
        connection().execute("SELECT count(*) FROM enrolment WHERE person = ?", (who,)).fetchone()
    )
    marks = connection().execute("SELECT item, mark FROM mark WHERE person = ?", (who,)).fetchall()
    said = f"{count} enrolments; " + ", ".join(f"{item}: {mark}" for item, mark in marks)
    return render_template_string(FRAME, title="Home", nav=NAV, name=name, body=said)


@app.post("/submit")
def submit() -> ResponseReturnValue:
    who, _ = reader()
    connection().execute(
        "INSERT INTO submission (person, body, at) VALUES (?, ?, ?)",
        (who, request.form["text"], time.time()),
    )
    return redirect("/dash", 303)


def seed(people: int) -> None:
    """Make the tables and as many people."""
    found = connection()
    found.executescript(
        """CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE enrolment (person INTEGER, cohort INTEGER);
        CREATE INDEX of_person ON enrolment (person);
        CREATE TABLE mark (person INTEGER, item INTEGER, mark INTEGER);
        CREATE INDEX of_marked ON mark (person);
        CREATE TABLE submission (id INTEGER PRIMARY KEY, person INTEGER, body TEXT, at REAL);"""
    )
    found.execute("BEGIN")
    for who in range(1, people + 1):
        found.execute("INSERT INTO person VALUES (?, ?)", (who, f"Person {who}"))
        found.execute("INSERT INTO enrolment VALUES (?, 1)", (who,))
        found.executemany(
            "INSERT INTO mark VALUES (?, ?, ?)", [(who, item, 60) for item in range(5)]
        )
    found.execute("COMMIT")


if __name__ == "__main__":
    seed(24)

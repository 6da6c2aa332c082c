"""The door and the lock.

The door stands before a view and asks whether this role could ever do this. The lock stands at
the head of an operation and asks whether it may be done to this very thing, by this very person.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms import clock
from lms.access.actor import PUBLIC, Actor
from lms.access.permissions import GRANTS, Grant, Permission
from lms.errors import LmsError, NotFound, NotPermitted

# How long a proof of identity counts as fresh: to open a page, and to send what was filled in.
FRESH_TO_OPEN = timedelta(minutes=15)
FRESH_TO_SEND = timedelta(minutes=60)

_DOOR = "lms_door"

A = ParamSpec("A")
T = TypeVar("T")


class SignInNeeded(LmsError):
    """Nobody is signed in, and the address is not public."""


class StepUpNeeded(LmsError):
    """The proof of identity is too old for this; it is asked for again."""


def may(actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Whether this actor may do this to this thing."""
    return any(_is_for(actor, each) and each.when(actor, thing) for each in GRANTS[permission])


def may_ever(actor: Actor, permission: Permission) -> bool:
    """Whether any of the actor's roles has this permission at all."""
    return any(_is_for(actor, each) for each in GRANTS[permission])


def require(actor: Actor, permission: Permission, thing: Any = None) -> None:
    """The lock: raises NotFound unless this actor may do this to this thing.

    What isn't yours answers as what isn't there. The system itself passes: it acts only where
    an operator or another operation sent it.
    """
    if actor.is_system or may(actor, permission, thing):
        return
    g.lms_refused = (permission, getattr(thing, "ref", ""))
    raise NotFound


def actor() -> Actor:
    """Whoever makes this request."""
    found: Actor = getattr(current_user, "actor", PUBLIC)
    return found


def needs(permission: Permission, *, fresh: bool = False) -> Callable[[Callable[A, T]], Any]:
    """The door before a view.

    fresh  whether the person must have proved who they are a short while ago
    """

    def with_door(view: Callable[A, T]) -> Callable[A, T]:
        @wraps(view)
        def guarded(*args: A.args, **kwargs: A.kwargs) -> T:
            _check_door(permission)
            if fresh:
                _check_fresh()
            return view(*args, **kwargs)

        setattr(guarded, _DOOR, permission)
        return guarded

    return with_door


def public(view: Callable[A, T]) -> Callable[A, T]:
    """A view for everybody, signed in or not."""
    setattr(view, _DOOR, "public")
    return view


def door_of(view: Callable[..., Any]) -> Permission | str | None:
    """The permission before a view, ``public``, or None where somebody forgot the door."""
    return getattr(view, _DOOR, None)


def refuse_doorless() -> ResponseReturnValue | None:
    """Before each request: a view without a door does not open."""
    if request.endpoint is not None:
        view = current_app.view_functions[request.endpoint]
        if door_of(view) is None:
            raise RuntimeError(f"{request.endpoint} has neither @needs nor @public")
    return None


def _is_for(actor: Actor, grant: Grant) -> bool:
    return actor.is_person if grant.role is None else grant.role in actor.roles


def _check_door(permission: Permission) -> None:
    someone = actor()
    if not someone.is_person:
        raise SignInNeeded
    if may_ever(someone, permission):
        return
    g.lms_refused = (permission, "")
    # An address with a reference in it says nothing about whether the thing exists.
    if request.view_args:
        raise NotFound
    raise NotPermitted("Your role here doesn’t open this page.")


def _check_fresh() -> None:
    reading = request.method in {"GET", "HEAD"}
    proved_at = getattr(current_user, "proved_at", None)
    limit = FRESH_TO_OPEN if reading else FRESH_TO_SEND
    if proved_at is None or clock.now() - proved_at > limit:
        raise StepUpNeeded

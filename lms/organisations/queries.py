"""Questions about organisations and who works where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from lms.access.actor import Actor, Role
from lms.accounts.models import Account
from lms.db import db
from lms.errors import NotFound
from lms.organisations.models import Approval, Organisation, Placement, PlacementEnd
from lms.organisations.rules import name_key

PAGE = 50


@dataclass(frozen=True)
class Placed:
    """One person at one organisation.

    ends_on  last day; None while no end is recorded
    """

    ref: str
    account_ref: str
    name: str
    organisation: str
    role_title: str
    starts_on: date
    ends_on: date | None


def organisation(ref: str) -> Organisation:
    """The organisation of this reference. Raises NotFound."""
    found = db.session.scalar(select(Organisation).where(Organisation.ref == ref))
    if found is None:
        raise NotFound
    return found


def organisation_called(name: str) -> Organisation | None:
    """The organisation of this name, whatever its case and spaces."""
    return db.session.scalar(select(Organisation).where(Organisation.name_key == name_key(name)))


def organisations_called(names: Iterable[str]) -> dict[str, Organisation]:
    """Organisations by the key of their name, for those names that have one."""
    keys = {name_key(name) for name in names}
    found = db.session.scalars(select(Organisation).where(Organisation.name_key.in_(keys)))
    return {each.name_key: each for each in found}


def approvals(organisation: Organisation) -> Sequence[Approval]:
    """Every decision on the organisation, the last one first."""
    return db.session.scalars(
        select(Approval)
        .where(Approval.organisation_id == organisation.id)
        .order_by(Approval.seq.desc())
    ).all()


def is_approved(organisation: Organisation) -> bool:
    """Whether the last decision approved it."""
    return organisation.id in approved_ids([organisation.id])


def approved_ids(organisation_ids: Iterable[int]) -> set[int]:
    """Which of these organisations are approved now."""
    last = (
        select(Approval.organisation_id, func.max(Approval.seq).label("seq"))
        .where(Approval.organisation_id.in_(list(organisation_ids)))
        .group_by(Approval.organisation_id)
        .subquery()
    )
    return set(
        db.session.scalars(
            select(Approval.organisation_id)
            .join(
                last,
                (last.c.organisation_id == Approval.organisation_id) & (last.c.seq == Approval.seq),
            )
            .where(Approval.approved)
        )
    )


def organisations(page: int, sought: str = "") -> tuple[Sequence[Organisation], int]:
    """One page of organisations by name, and how many fit.

    sought  part of a name
    """
    query = select(Organisation)
    if sought:
        like = f"%{name_key(sought).replace('%', '').replace('_', '')}%"
        query = query.where(Organisation.name_key.like(like))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.scalars(
        query.order_by(Organisation.name_key).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    return rows, total


def states_of(organisations: Sequence[Organisation]) -> dict[int, str]:
    """Where each stands: "approved", "withdrawn", or "proposed" until decided on. Two queries."""
    ids = [each.id for each in organisations]
    approved = approved_ids(ids)
    decided = db.session.scalars(
        select(Approval.organisation_id).where(Approval.organisation_id.in_(ids)).distinct()
    )
    found = dict.fromkeys(ids, "proposed") | dict.fromkeys(decided, "withdrawn")
    return found | dict.fromkeys(approved, "approved")


def to_approve() -> list[Organisation]:
    """Organisations that were never decided on."""
    decided = select(Approval.organisation_id)
    return list(
        db.session.scalars(
            select(Organisation)
            .where(Organisation.id.not_in(decided))
            .order_by(Organisation.name_key)
        )
    )


def all_organisations() -> Sequence[Organisation]:
    """Every organisation by name, for a list to choose from."""
    return db.session.scalars(select(Organisation).order_by(Organisation.name_key)).all()


def organisations_of(actor: Actor, role: Role) -> Sequence[Organisation]:
    """The organisations at which the actor holds the role."""
    refs = actor.places(role)
    if not refs:
        return ()
    return db.session.scalars(
        select(Organisation).where(Organisation.ref.in_(refs)).order_by(Organisation.name_key)
    ).all()


def approved_organisations_of(actor: Actor, role: Role) -> list[Organisation]:
    """The same, but only those that are approved now."""
    found = organisations_of(actor, role)
    approved = approved_ids(each.id for each in found)
    return [each for each in found if each.id in approved]


def placement(ref: str) -> Placement:
    """The placement of this reference. Raises NotFound."""
    found = db.session.scalar(
        select(Placement)
        .where(Placement.ref == ref)
        .options(joinedload(Placement.account), joinedload(Placement.organisation))
    )
    if found is None:
        raise NotFound
    return found


def placed_at(organisation: Organisation, on: date) -> list[Placed]:
    """Who works there on a day, or will from a later one."""
    query = _placed().where(Placement.organisation_id == organisation.id)
    return _rows(query.where(or_(PlacementEnd.ends_on.is_(None), PlacementEnd.ends_on >= on)))


def placements_of(account_id: int) -> list[Placed]:
    """Where somebody works and has worked."""
    return _rows(_placed().where(Placement.account_id == account_id))


def is_placed(account_id: int, organisation_id: int, on: date) -> bool:
    """Whether somebody has a placement there that has not ended."""
    return (
        db.session.scalar(
            select(Placement.id)
            .outerjoin(PlacementEnd, PlacementEnd.placement_id == Placement.id)
            .where(Placement.account_id == account_id, Placement.organisation_id == organisation_id)
            .where(or_(PlacementEnd.ends_on.is_(None), PlacementEnd.ends_on >= on))
            .limit(1)
        )
        is not None
    )


def titles_of(account_ids: Iterable[int], on: date) -> dict[tuple[int, int], str]:
    """As what people work, by account and organisation, where a placement has not ended."""
    rows = db.session.execute(
        select(Placement.account_id, Placement.organisation_id, Placement.role_title)
        .outerjoin(PlacementEnd, PlacementEnd.placement_id == Placement.id)
        .where(Placement.account_id.in_(list(account_ids)))
        .where(or_(PlacementEnd.ends_on.is_(None), PlacementEnd.ends_on >= on))
        .order_by(Placement.id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def is_ended(placement: Placement) -> bool:
    """Whether a last day is recorded."""
    return db.session.get(PlacementEnd, placement.id) is not None


def ever_placed_at(account_id: int) -> set[str]:
    """References of every organisation at which somebody works or has worked."""
    return set(
        db.session.scalars(
            select(Organisation.ref)
            .join(Placement, Placement.organisation_id == Organisation.id)
            .where(Placement.account_id == account_id)
        )
    )


def _placed() -> Select[str, str, str, str, str, date, date]:
    return (
        select(
            Placement.ref,
            Account.ref,
            Account.name,
            Organisation.name,
            Placement.role_title,
            Placement.starts_on,
            PlacementEnd.ends_on,
        )
        .join(Account, Account.id == Placement.account_id)
        .join(Organisation, Organisation.id == Placement.organisation_id)
        .outerjoin(PlacementEnd, PlacementEnd.placement_id == Placement.id)
        .order_by(Account.name, Placement.starts_on.desc(), Placement.id)
    )


def _rows(query: Select[str, str, str, str, str, date, date]) -> list[Placed]:
    return [Placed(*row) for row in db.session.execute(query)]

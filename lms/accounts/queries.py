"""Questions about people and the roles they hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from lms import vault
from lms.access.actor import Actor, Held, Role
from lms.accounts.models import (
    Account,
    Identity,
    Invitation,
    RoleConfirmation,
    RoleEnd,
    RoleGrant,
)
from lms.accounts.rules import Purpose
from lms.db import db
from lms.errors import NotFound

PAGE = 50


@dataclass(frozen=True)
class Person:
    """One row of the list of people."""

    account: Account
    held: tuple[Held, ...]
    invited_until: datetime | None


def account(ref: str) -> Account:
    """The account of this reference. Raises NotFound."""
    found = db.session.scalar(select(Account).where(Account.ref == ref))
    if found is None:
        raise NotFound
    return found


def account_by_id(account_id: int) -> Account:
    """The account of this row; for names beside facts."""
    return db.session.get_one(Account, account_id)


def account_with_address(address: str) -> Account | None:
    """The account that signs in with this address, if there is one."""
    return db.session.scalar(select(Account).where(Account.address == address))


def accounts_with_refs(refs: Iterable[str]) -> list[Account]:
    """The accounts of these references, by name; unknown ones are left out."""
    found = db.session.scalars(
        select(Account).where(Account.ref.in_(list(refs))).order_by(Account.name, Account.id)
    )
    return list(found)


def accounts_with_addresses(addresses: Iterable[str]) -> dict[str, Account]:
    """Accounts by address, for those addresses that have one."""
    found = db.session.scalars(select(Account).where(Account.address.in_(list(addresses))))
    return {each.address: each for each in found}


def standing_grants() -> ColumnElement[bool]:
    """The condition under which a role stands; for queries that join grant, end, confirmation."""
    return and_(
        RoleEnd.grant_id.is_(None),
        or_(RoleGrant.needs_second.is_(False), RoleConfirmation.grant_id.is_not(None)),
    )


def with_their_ends(query: Any) -> Any:
    """Join each grant of a query with its end and its confirmation, where there are any."""
    return query.outerjoin(RoleEnd, RoleEnd.grant_id == RoleGrant.id).outerjoin(
        RoleConfirmation, RoleConfirmation.grant_id == RoleGrant.id
    )


def held_by(account_ids: Iterable[int]) -> dict[int, frozenset[Held]]:
    """The roles that stand now, for each of these accounts."""
    rows = db.session.execute(
        with_their_ends(select(RoleGrant.account_id, RoleGrant.role, RoleGrant.at))
        .where(RoleGrant.account_id.in_(list(account_ids)))
        .where(standing_grants())
    )
    found: dict[int, set[Held]] = {}
    for account_id, role, at in rows:
        found.setdefault(account_id, set()).add(Held(Role(role), at))
    return {account_id: frozenset(held) for account_id, held in found.items()}


def actor_for(account: Account) -> Actor:
    """The account as an actor, with the roles that stand now."""
    return Actor(account.id, account.ref, held_by([account.id]).get(account.id, frozenset()))


def grants_of(account: Account) -> Sequence[Any]:
    """Each grant the account ever had, with its confirmation and end: (grant, confirmed, ended)."""
    query = select(RoleGrant, RoleConfirmation.confirmed_at, RoleEnd.ended_at)
    return db.session.execute(
        with_their_ends(query)
        .where(RoleGrant.account_id == account.id)
        .order_by(RoleGrant.id.desc())
    ).all()


def grant(ref: str) -> RoleGrant:
    """The grant of this reference. Raises NotFound."""
    found = db.session.scalar(select(RoleGrant).where(RoleGrant.ref == ref))
    if found is None:
        raise NotFound
    return found


def grant_of(account_ref: str, ref: str) -> RoleGrant:
    """One grant of one account. Raises NotFound when either is not there, or not the other's."""
    found = grant(ref)
    if found.account.ref != account_ref:
        raise NotFound
    return found


def standing_grant(account: Account, role: Role, at: str) -> RoleGrant | None:
    """The grant of this role that has not ended, confirmed or waiting for it."""
    found: RoleGrant | None = db.session.scalar(
        with_their_ends(select(RoleGrant))
        .where(RoleGrant.account_id == account.id, RoleGrant.role == role, RoleGrant.at == at)
        .where(RoleEnd.grant_id.is_(None))
    )
    return found


def is_confirmed(grant: RoleGrant) -> bool:
    """Whether a second registrar agreed, or none is needed."""
    if not grant.needs_second:
        return True
    return db.session.get(RoleConfirmation, grant.id) is not None


def has_ended(grant: RoleGrant) -> bool:
    """Whether the grant was taken away."""
    return db.session.get(RoleEnd, grant.id) is not None


def grants_to_confirm() -> Sequence[RoleGrant]:
    """Grants that wait for a second registrar."""
    waiting: Sequence[RoleGrant] = db.session.scalars(
        with_their_ends(select(RoleGrant).options(joinedload(RoleGrant.account)))
        .where(RoleGrant.needs_second, RoleConfirmation.grant_id.is_(None))
        .where(RoleEnd.grant_id.is_(None))
        .order_by(RoleGrant.id)
    ).all()
    return waiting


def holders_of(role: Role, at: str | None = None) -> Sequence[Account]:
    """Everybody who holds the role now and isn't disabled, by name.

    at  only at this organisation (its reference)
    """
    query = (
        with_their_ends(select(Account).join(RoleGrant, RoleGrant.account_id == Account.id))
        .where(RoleGrant.role == role, Account.disabled_at.is_(None))
        .where(standing_grants())
        .order_by(Account.name, Account.id)
        .distinct()
    )
    if at is not None:
        query = query.where(RoleGrant.at == at)
    return db.session.scalars(query).all()


def ever_held_at(role: Role, organisation_refs: Iterable[str]) -> list[int]:
    """Everybody who holds or has held the role at any of these organisations."""
    return list(
        db.session.scalars(
            select(RoleGrant.account_id)
            .where(RoleGrant.role == role, RoleGrant.at.in_(list(organisation_refs)))
            .distinct()
        )
    )


def appointed_at(organisation_ref: str) -> Sequence[RoleGrant]:
    """Appointments at an organisation that stand now, by role and time."""
    return db.session.scalars(
        with_their_ends(select(RoleGrant).options(joinedload(RoleGrant.account)))
        .where(RoleGrant.at == organisation_ref)
        .where(standing_grants())
        .order_by(RoleGrant.role, RoleGrant.id)
    ).all()


def people(page: int, sought: str = "") -> tuple[list[Person], int]:
    """One page of the list of people, by name, and how many there are in all.

    Constant in queries: three, and the count.
    """
    query = select(Account)
    if sought:
        like = f"%{sought.lower().replace('%', '').replace('_', '')}%"
        query = query.where(or_(func.lower(Account.name).like(like), Account.address.like(like)))
    count = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    accounts = db.session.scalars(
        query.order_by(Account.name, Account.id).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    ids = [each.id for each in accounts]
    held, invited = held_by(ids), invited_until_of(ids)
    order = list(Role)
    return [
        Person(
            each,
            tuple(sorted(held.get(each.id, ()), key=lambda h: (order.index(h.role), h.at))),
            invited.get(each.id),
        )
        for each in accounts
    ], count


def invitation_with(token: str) -> Invitation | None:
    """The single-use link that carries this token, usable or not."""
    return db.session.scalar(select(Invitation).where(Invitation.token_hash == vault.digest(token)))


def open_invitations(account: Account, purpose: Purpose) -> Sequence[Invitation]:
    """Links of this purpose that were neither used nor cancelled."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.account_id == account.id,
            Invitation.purpose == purpose,
            Invitation.used_at.is_(None),
            Invitation.cancelled_at.is_(None),
        )
    ).all()


def invited_until(account: Account) -> datetime | None:
    """Until when the account's invitation can be accepted, if one is open."""
    return invited_until_of([account.id]).get(account.id)


def resets_since(account: Account, since: datetime) -> int:
    """How many password resets were asked for."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Invitation)
            .where(Invitation.account_id == account.id, Invitation.purpose == Purpose.RESET)
            .where(Invitation.made_at > since)
        )
        or 0
    )


def identity_of(account_id: int) -> Identity | None:
    """Who the person is by law, as last recorded."""
    return db.session.scalar(
        select(Identity)
        .where(Identity.account_id == account_id)
        .order_by(Identity.seq.desc())
        .limit(1)
    )


def birth_days(account_ids: Iterable[int]) -> dict[int, date]:
    """Dates of birth as last recorded, by account."""
    rows = db.session.scalars(
        select(Identity)
        .where(Identity.account_id.in_(list(account_ids)))
        .order_by(Identity.account_id, Identity.seq)
    )
    return {each.account_id: born_on(each) for each in rows}


def born_on(identity: Identity) -> date:
    """The date of birth, unsealed."""
    return date.fromisoformat(vault.keys().unseal(identity.born_sealed, bound_to=identity.ref))


def invited_until_of(account_ids: Sequence[int]) -> dict[int, datetime]:
    """Until when each of these accounts can accept an invitation, where one is open."""
    rows = db.session.execute(
        select(Invitation.account_id, func.max(Invitation.expires_at))
        .where(Invitation.account_id.in_(account_ids))
        .where(Invitation.used_at.is_(None), Invitation.cancelled_at.is_(None))
        .where(Invitation.purpose == Purpose.INVITATION)
        .group_by(Invitation.account_id)
    )
    return {row[0]: row[1] for row in rows}

"""What is done to accounts, and by whom."""

from datetime import date, timedelta

from lms import clock, outbox, refs, vault
from lms.access import gate
from lms.access.actor import Actor, Role
from lms.access.permissions import Permission as P
from lms.accounts import queries, rules
from lms.accounts.models import (
    Account,
    Identity,
    Invitation,
    RoleConfirmation,
    RoleEnd,
    RoleGrant,
)
from lms.accounts.rules import Purpose
from lms.audit.trail import Event, record
from lms.db import db, lock
from lms.errors import Conflict, RuleBroken


def open_account(address: str, name: str, *, actor: Actor) -> Account:
    """Open an account, without a password and without a role.

    Raises RuleBroken for what can't be an address, Conflict when the address has an account.
    """
    gate.require(actor, P.INVITE)
    address = rules.normal_address(address)
    if queries.account_with_address(address):
        raise Conflict("This address already has an account.")
    account = Account(ref=refs.new("USR"), address=address, name=name, opened_at=clock.now())
    db.session.add(account)
    db.session.flush()
    record(actor, Event.ACCOUNT_OPENED, account.ref)
    return account


def invite(account: Account, base_url: str, *, actor: Actor) -> str:
    """Send a link with which the person sets a password; an earlier link stops working.

    base_url  address of this installation, without a slash at its end
    returns   the link, which is also in the message

    Raises RuleBroken when the person has set a password already.
    """
    gate.require(actor, P.INVITE)
    lock(account)
    if account.password_hash is not None:
        raise RuleBroken("This person has set a password. They can get a new one themselves.")
    for earlier in queries.open_invitations(account, Purpose.INVITATION):
        earlier.cancelled_at = clock.now()
    return _send_link(account, Purpose.INVITATION, base_url, actor, Event.INVITED)


def cancel_invitations(account: Account, *, actor: Actor) -> int:
    """Make every open invitation of this account useless; returns how many there were."""
    gate.require(actor, P.INVITE)
    lock(account)
    cancelled = queries.open_invitations(account, Purpose.INVITATION)
    for each in cancelled:
        each.cancelled_at = clock.now()
    record(actor, Event.INVITATION_CANCELLED, account.ref, count=len(cancelled))
    return len(cancelled)


def ask_reset(account: Account | None, base_url: str, *, actor: Actor) -> None:
    """Send a link for a new password, unless too many were asked for today.

    The public may ask: the link goes to the account's own address, and never skips the second
    factor. So there is no lock here.

    account  None when nobody has the address: then the asking alone is noted
    """
    if account is None:
        record(actor, Event.RESET_ASKED, "-")
        return
    lock(account)
    since = clock.now() - timedelta(days=1)
    if queries.resets_since(account, since) >= rules.MOST_RESETS_A_DAY:
        record(actor, Event.RESET_ASKED, account.ref, link="")
        return
    for earlier in queries.open_invitations(account, Purpose.RESET):
        earlier.cancelled_at = clock.now()
    _send_link(account, Purpose.RESET, base_url, actor, Event.RESET_ASKED)


def use_link(link: Invitation, password_hash: str, *, actor: Actor) -> None:
    """Set a password with a single-use link. Whoever has the link may: there is no lock here.

    Raises LinkUnusable when it was used, cancelled or is too old.
    """
    lock(link.account)
    lock(link)
    rules.check_usable(link, clock.now())
    if link.account.disabled_at is not None:
        raise rules.LinkUnusable("This link has been used or is too old. Ask for a new one.")
    link.used_at = clock.now()
    _set_password(link.account, password_hash)
    invited = link.purpose == Purpose.INVITATION
    event = Event.INVITATION_ACCEPTED if invited else Event.PASSWORD_CHANGED
    record(actor, event, link.account.ref, link=link.ref)


def change_password(account: Account, password_hash: str, *, actor: Actor) -> None:
    """Set a new password. Every session that began before ends."""
    gate.require(actor, P.KEEP_OWN_ACCOUNT, account)
    lock(account)
    _set_password(account, password_hash)
    record(actor, Event.PASSWORD_CHANGED, account.ref)


def change_name(account: Account, name: str, *, actor: Actor) -> None:
    """Change how the person wants to be called here; the name on awards is another thing."""
    gate.require(actor, P.KEEP_OWN_ACCOUNT, account)
    lock(account)
    account.name = name
    record(actor, Event.NAME_CHANGED, account.ref)


def correct_address(account: Account, address: str, *, actor: Actor) -> None:
    """Put an address right. Links that went to the old one stop working.

    Raises RuleBroken for what can't be an address, Conflict when it belongs to another account.
    """
    gate.require(actor, P.KEEP_ACCOUNTS, account)
    lock(account)
    address = rules.normal_address(address)
    other = queries.account_with_address(address)
    if other is not None and other.id != account.id:
        raise Conflict("Another account has this address.")
    for purpose in Purpose:
        for each in queries.open_invitations(account, purpose):
            each.cancelled_at = clock.now()
    account.address = address
    record(actor, Event.ADDRESS_CORRECTED, account.ref)


def disable(account: Account, *, actor: Actor) -> None:
    """Shut an account. All its sessions end at once, and its links stop working."""
    gate.require(actor, P.KEEP_ACCOUNTS, account)
    lock(account)
    account.disabled_at = account.disabled_at or clock.now()
    account.epoch += 1  # so that none of its sessions lives again when the account is opened
    for purpose in Purpose:
        for each in queries.open_invitations(account, purpose):
            each.cancelled_at = clock.now()
    record(actor, Event.ACCOUNT_DISABLED, account.ref)


def enable(account: Account, *, actor: Actor) -> None:
    """Open a shut account again."""
    gate.require(actor, P.KEEP_ACCOUNTS, account)
    lock(account)
    account.disabled_at = None
    record(actor, Event.ACCOUNT_ENABLED, account.ref)


def grant_role(account: Account, role: Role, *, at: str = "", actor: Actor) -> RoleGrant:
    """Give somebody a role. A registrar's role stands only once a second registrar agrees.

    at  reference of the organisation, for a coordinator or supervisor

    Raises RuleBroken for a role held in the wrong place or a disabled account, Conflict when they
    have it already.
    """
    gate.require(actor, P.GRANT_ROLE, account)
    rules.check_grantable(role, at)
    lock(account)
    rules.check_enabled(account.disabled_at)
    if queries.standing_grant(account, role, at):
        raise Conflict("They have this role already, or it waits for a second registrar.")
    given = RoleGrant(
        ref=refs.new("ROL"),
        account_id=account.id,
        role=role,
        at=at,
        needs_second=rules.needs_second_registrar(role) and not actor.is_system,
        proposed_by_id=actor.person_id or None,
        granted_at=clock.now(),
    )
    db.session.add(given)
    record(actor, Event.ROLE_GRANTED, account.ref, role=role, at=at, grant=given.ref)
    return given


def confirm_role(grant: RoleGrant, *, actor: Actor) -> None:
    """Agree, as a second registrar, to a role that another one gave.

    Raises RuleBroken for a disabled account, Conflict when it was confirmed already or taken away.
    """
    gate.require(actor, P.CONFIRM_ROLE, grant)
    lock(grant.account)
    rules.check_enabled(grant.account.disabled_at)
    if queries.is_confirmed(grant):
        raise Conflict("This role was confirmed already.")
    if queries.has_ended(grant):
        raise Conflict("This role was taken away meanwhile.")
    db.session.add(
        RoleConfirmation(
            grant_id=grant.id, confirmed_by_id=actor.person_id or None, confirmed_at=clock.now()
        )
    )
    record(actor, Event.ROLE_CONFIRMED, grant.account.ref, role=grant.role, grant=grant.ref)


def end_role(grant: RoleGrant, *, actor: Actor) -> None:
    """Take a role away; it stops counting with the person's next request.

    Raises Conflict when it was taken away already.
    """
    gate.require(actor, P.GRANT_ROLE, grant.account)
    lock(grant.account)
    if queries.has_ended(grant):
        raise Conflict("This role was taken away already.")
    db.session.add(
        RoleEnd(grant_id=grant.id, ended_by_id=actor.person_id or None, ended_at=clock.now())
    )
    record(actor, Event.ROLE_ENDED, grant.account.ref, role=grant.role, grant=grant.ref)


def record_identity(
    account: Account, certificate_name: str, born_on: date, *, reason: str = "", actor: Actor
) -> Identity:
    """Record who somebody is by law. A second record corrects the first, and says why.

    Raises RuleBroken for a correction without a reason, or a date of birth that can't be one.
    """
    gate.require(actor, P.KEEP_IDENTITY, account)
    rules.check_born(born_on, clock.today())
    lock(account)
    earlier = queries.identity_of(account.id)
    if earlier is not None and not reason.strip():
        raise RuleBroken("Say why the name or date of birth is corrected.")
    ref = refs.new("IDN")
    identity = Identity(
        ref=ref,
        account_id=account.id,
        seq=earlier.seq + 1 if earlier else 1,
        certificate_name=certificate_name,
        born_sealed=vault.keys().seal(born_on.isoformat(), bound_to=ref),
        reason=reason.strip(),
        recorded_by=actor.ref,
        recorded_at=clock.now(),
    )
    db.session.add(identity)
    record(actor, Event.IDENTITY_RECORDED, account.ref, identity=ref, seq=identity.seq)
    return identity


def _set_password(account: Account, password_hash: str) -> None:
    account.password_hash = password_hash
    account.password_set_at = clock.now()
    account.epoch += 1


def _send_link(
    account: Account, purpose: Purpose, base_url: str, actor: Actor, event: Event
) -> str:
    token, at = refs.token(), clock.now()
    life = rules.INVITATION_LIFE if purpose is Purpose.INVITATION else rules.RESET_LIFE
    link = Invitation(
        ref=refs.new("INV"),
        account_id=account.id,
        purpose=purpose,
        token_hash=vault.digest(token),
        made_by=actor.ref,
        made_at=at,
        expires_at=at + life,
    )
    db.session.add(link)
    page = "invitation" if purpose is Purpose.INVITATION else "reset"
    address = f"{base_url}/{page}/{token}"
    outbox.send(outbox.MessageKind.LINK, account.ref, key=link.ref, content=address)
    record(actor, event, account.ref, link=link.ref)
    return address

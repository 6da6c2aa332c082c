"""The scheme of delegation: which role may do what, and when. One page; nothing else grants."""

from dataclasses import dataclass
from enum import StrEnum, auto

from lms.access import conditions as c
from lms.access.actor import Role


class Permission(StrEnum):
    """Something that people do here."""

    # people
    KEEP_OWN_ACCOUNT = auto()
    READ_PEOPLE = auto()
    INVITE = auto()
    KEEP_ACCOUNTS = auto()
    GRANT_ROLE = auto()
    CONFIRM_ROLE = auto()
    CONFIRM_CLEARING = auto()
    KEEP_IDENTITY = auto()
    # organisations
    READ_ORGANISATIONS = auto()
    KEEP_ORGANISATIONS = auto()
    APPROVE_ORGANISATION = auto()
    READ_OWN_ORGANISATION = auto()
    # what is taught, and by which rules
    READ_REGULATIONS = auto()
    PUBLISH_REGULATIONS = auto()
    READ_FINDINGS = auto()
    PUBLISH_CONTENT = auto()
    WRITE_CONTENT = auto()
    READ_DRAFTS = auto()
    APPOINT_REVIEWERS = auto()
    REVIEW_CONTENT = auto()
    WITHDRAW_OBJECTION = auto()
    REPORT_PROBLEM = auto()
    READ_OWN_REPORT = auto()
    ANSWER_REPORTS = auto()
    # intakes
    KEEP_INTAKES = auto()
    MOVE_CONTENT = auto()
    READ_COHORT = auto()
    ACCEPT_PLACE = auto()
    # learning
    LEARN = auto()
    READ_MODULES = auto()
    KEEP_NOTEBOOK = auto()
    READ_PROGRESS = auto()
    # assessment
    SET_ASSESSMENTS = auto()
    SUBMIT_WORK = auto()
    READ_OWN_WORK = auto()
    # marking
    ALLOCATE_MARKERS = auto()
    TAKE_SCRIPT = auto()
    MARK_WORK = auto()
    RECONCILE = auto()
    RELEASE_MARKS = auto()
    # board
    CONVENE_BOARD = auto()
    READ_BOARD = auto()
    RATIFY_RESULTS = auto()
    # register
    READ_REGISTER = auto()
    PROPOSE_STANDING = auto()
    CONFIRM_STANDING = auto()
    CHECK_ACCREDITATION = auto()
    READ_CHECK = auto()
    READ_OWN_ACCREDITATION = auto()
    # trail
    READ_TRAIL = auto()


@dataclass(frozen=True)
class Grant:
    """A role that may, and when; without a role, everybody who is signed in."""

    role: Role | None
    when: c.Condition = c.always


P, R = Permission, Role

GRANTS: dict[Permission, tuple[Grant, ...]] = {
    # Also without a role, or once the last one has ended: they still have to get out.
    P.KEEP_OWN_ACCOUNT: (Grant(None, when=c.is_themselves),),
    P.READ_PEOPLE: (Grant(R.REGISTRAR), Grant(R.ADMIN)),
    P.INVITE: (Grant(R.REGISTRAR), Grant(R.ADMIN)),
    P.KEEP_ACCOUNTS: (
        Grant(R.REGISTRAR, when=c.is_somebody_else),
        Grant(R.ADMIN, when=c.is_somebody_else),
    ),
    P.GRANT_ROLE: (Grant(R.REGISTRAR, when=c.is_somebody_else),),
    P.CONFIRM_ROLE: (Grant(R.REGISTRAR, when=c.seconds_it),),
    # A second factor is cleared by two, so that nobody is talked into it alone.
    P.CONFIRM_CLEARING: (
        Grant(R.REGISTRAR, when=c.seconds_it),
        Grant(R.ADMIN, when=c.seconds_it),
    ),
    P.KEEP_IDENTITY: (Grant(R.REGISTRAR, when=c.is_somebody_else),),
    P.READ_ORGANISATIONS: (Grant(R.REGISTRAR),),
    P.KEEP_ORGANISATIONS: (Grant(R.REGISTRAR),),
    # Whoever names an organisation doesn't also approve it.
    P.APPROVE_ORGANISATION: (Grant(R.REGISTRAR, when=c.did_not_propose),),
    P.READ_OWN_ORGANISATION: (
        Grant(R.COORDINATOR, when=c.coordinates_it),
        Grant(R.SUPERVISOR, when=c.supervises_there),
    ),
    P.READ_REGULATIONS: tuple(
        Grant(role) for role in (R.REGISTRAR, R.CHAIR, R.TUTOR, R.EXTERNAL_EXAMINER, R.ADVOCATE)
    ),
    P.PUBLISH_REGULATIONS: (Grant(R.REGISTRAR),),
    P.READ_FINDINGS: (Grant(R.AUTHOR), Grant(R.REGISTRAR)),
    P.PUBLISH_CONTENT: (Grant(R.AUTHOR), Grant(R.REGISTRAR)),
    P.WRITE_CONTENT: (Grant(R.AUTHOR),),
    P.READ_DRAFTS: (
        Grant(R.AUTHOR),
        Grant(R.REGISTRAR),
        Grant(R.TUTOR, when=c.is_to_review),
    ),
    # Whose eyes somebody reads with is said by another: no lawyer is one by their own word.
    P.APPOINT_REVIEWERS: (
        Grant(R.AUTHOR, when=c.is_somebody_else),
        Grant(R.REGISTRAR, when=c.is_somebody_else),
    ),
    P.REVIEW_CONTENT: (
        Grant(R.AUTHOR, when=c.is_to_review_and_wrote_nothing),
        Grant(R.TUTOR, when=c.is_to_review_and_wrote_nothing),
    ),
    # Who wrote in it since can still take back what held it up.
    P.WITHDRAW_OBJECTION: (
        Grant(R.AUTHOR, when=c.is_to_review),
        Grant(R.TUTOR, when=c.is_to_review),
    ),
    P.REPORT_PROBLEM: (Grant(R.ADVOCATE, when=c.is_own),),
    P.READ_OWN_REPORT: (Grant(R.ADVOCATE, when=c.is_own),),
    P.ANSWER_REPORTS: (Grant(R.AUTHOR), Grant(R.REGISTRAR)),
    P.KEEP_INTAKES: (Grant(R.REGISTRAR),),
    P.MOVE_CONTENT: (Grant(R.REGISTRAR),),
    P.READ_COHORT: (Grant(R.REGISTRAR),),
    P.ACCEPT_PLACE: (Grant(R.ADVOCATE, when=c.is_own),),
    P.LEARN: (Grant(R.ADVOCATE, when=c.is_own),),
    P.READ_MODULES: tuple(
        Grant(role)
        for role in (R.ADVOCATE, R.TUTOR, R.AUTHOR, R.REGISTRAR, R.EXTERNAL_EXAMINER, R.CHAIR)
    ),
    # Theirs alone: nobody reads it for them, and no role may.
    P.KEEP_NOTEBOOK: (Grant(R.ADVOCATE, when=c.is_its_owner),),
    P.READ_PROGRESS: (Grant(R.TUTOR), Grant(R.REGISTRAR)),
    P.SET_ASSESSMENTS: (Grant(R.REGISTRAR),),
    P.SUBMIT_WORK: (Grant(R.ADVOCATE, when=c.is_own),),
    P.READ_OWN_WORK: (Grant(R.ADVOCATE, when=c.is_own),),
    P.ALLOCATE_MARKERS: (Grant(R.REGISTRAR),),
    P.TAKE_SCRIPT: (Grant(R.TUTOR, when=c.is_allocated),),
    P.MARK_WORK: (Grant(R.TUTOR, when=c.has_it_to_mark),),
    P.RECONCILE: (Grant(R.TUTOR, when=c.marked_it),),
    P.RELEASE_MARKS: (Grant(R.REGISTRAR),),
    P.CONVENE_BOARD: (Grant(R.REGISTRAR),),
    P.READ_BOARD: (
        Grant(R.REGISTRAR),
        Grant(R.CHAIR, when=c.chairs_this_meeting),
        Grant(R.TUTOR, when=c.sits_in_this_meeting),
        Grant(R.EXTERNAL_EXAMINER, when=c.sits_in_this_meeting),
    ),
    P.RATIFY_RESULTS: (Grant(R.CHAIR, when=c.chairs_this_meeting),),
    P.READ_REGISTER: (Grant(R.ACCREDITOR),),
    P.PROPOSE_STANDING: (Grant(R.ACCREDITOR, when=c.was_not_involved),),
    # Two accreditors, and neither of them marked or supervised the person.
    P.CONFIRM_STANDING: (Grant(R.ACCREDITOR, when=c.proposed_nothing_and_was_not_involved),),
    P.CHECK_ACCREDITATION: (Grant(R.COORDINATOR, when=c.coordinates_it),),
    P.READ_CHECK: (Grant(R.COORDINATOR, when=c.coordinates_its_organisation),),
    P.READ_OWN_ACCREDITATION: (Grant(R.ADVOCATE, when=c.is_own_entry),),
    P.READ_TRAIL: (Grant(R.REGISTRAR), Grant(R.ADMIN)),
}

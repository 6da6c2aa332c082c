"""One of everything, and somebody of each kind; as docs/access.md names them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flask import Flask
from markupsafe import Markup

from lms import clock, outbox, refs
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts, queries as people
from lms.accounts.models import Account
from lms.accreditation import operations as register, queries as entries
from lms.accreditation.rules import Kind, Reason
from lms.accrediting import operations as accrediting
from lms.assessment import queries as assessments
from lms.assessment.models import Assessment, Submission
from lms.authoring import operations as drafts, review_operations as reviewing
from lms.authoring.rules import Verdict
from lms.authoring.working import snapshot
from lms.board import operations as boards, queries as papers
from lms.catalogue import operations as catalogue, queries as contents
from lms.catalogue.keeping import keep
from lms.catalogue.models import Module, Page
from lms.cohorts import operations as enrolments, queries as cohorts
from lms.cohorts.models import Enrolment
from lms.content import reading
from lms.content.media import recognised
from lms.content.signing import Kind as ReviewKind
from lms.content.source import Content
from lms.content.tree import Drafted
from lms.db import db, unit_of_work
from lms.learning import operations as learning
from lms.learning.queries import Reader, way_through
from lms.marking import operations as marking, staffing
from lms.marking.models import Claim
from lms.marking.rules import Stage
from lms.notebook import operations as notebooks
from lms.notebook.operations import Spot
from lms.notebook.rules import Notebook
from lms.organisations import operations as organisations, queries as employers
from lms.organisations.models import Organisation
from lms.organisations.rules import Nation
from lms.outbox import Message
from lms.publishing import operations as publishing
from lms.publishing.operations import Asked
from lms.reports import operations as problems
from lms.reports.rules import Kind as ProblemKind
from lms.sessions import operations as sessions, queries as open_sessions
from lms.web import assets
from tests.factories import (
    BORN,
    CONTENT,
    actor_of,
    allocate,
    content_with,
    hand_in,
    make_account,
    make_assessment,
    make_cohort,
    make_content,
    make_enrolment,
    make_organisation,
    some_marks,
    take_and_mark,
)
from tests.learning.taught import DRAWING, QUESTIONS
from tests.support.pages import Visitor

_FIGURE = "way.svg"
_DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"></svg>'
_LINK = re.compile(r"/(?:reset|invitation)/(\S+)")


@dataclass
class World:
    """Somebody of each kind, and the names that the lines of docs/access.md use.

    tokens   the session of each kind of person
    things   what stands in braces
    restore  puts everything back as it was
    """

    app: Flask
    tokens: dict[str, str]
    things: dict[str, str]
    restore: Callable[[], None]
    _forms: dict[str, tuple[str, str]] = field(default_factory=dict)

    def visitor(self, name: str) -> Visitor:
        """The browser of one of them, who has opened a form before."""
        if name not in self._forms:
            opened = self._signed_in(name)
            token = opened.token()
            with opened.client.session_transaction() as session:
                self._forms[name] = session["csrf_token"], token
        secret, token = self._forms[name]
        return self._signed_in(name, token, csrf_token=secret)

    def _signed_in(self, name: str, token: str = "", **more: str) -> Visitor:
        visitor = Visitor(self.app, token)
        with visitor.client.session_transaction() as session:
            session["_user_id"] = self.tokens[name]
            session["_fresh"] = True
            session["seen"] = int(clock.now().timestamp())
            session.update(more)
        return visitor


def build(app: Flask, restore: Callable[[], None]) -> World:
    """The world, inside the application's context."""
    who, things = {}, dict[str, str]()
    north, harbour = make_organisation(), make_organisation()
    cohort = make_cohort(content=make_content(_with_a_question_and_a_picture()))
    everybody = [make_enrolment(cohort, organisation=north) for _ in range(4)]
    work, came = _handed_in(everybody)
    _, adv, oth = (each.enrolment for each in came[:3])
    who |= {"adv": adv.advocate, "oth": oth.advocate}
    who |= {name: make_account(Role.TUTOR) for name in ("fst", "snd", "tut")}
    who |= {
        "ext": make_account(Role.EXTERNAL_EXAMINER),
        "reg": make_account(Role.REGISTRAR),
        "cha": make_account(Role.CHAIR),
        "acc": make_account(Role.ACCREDITOR),
        "coo": make_account(Role.COORDINATOR, at=north),
        "cob": make_account(Role.COORDINATOR, at=harbour),
        "sup": make_account(Role.SUPERVISOR, at=north),
        "aut": make_account(Role.AUTHOR),
        "adm": make_account(Role.ADMIN),
    }
    things |= {name: account.ref for name, account in who.items()}
    things |= _links(who["tut"])
    things |= _people(who["coo"], adv, north)
    things |= _taught(adv)
    things |= _marked(work, came, who["fst"], who["snd"])
    things |= _board(adv, who)
    things |= _register(adv, who["coo"], north)
    things |= _written(who["aut"], who["tut"], adv)
    things["digest"] = assets.folder_digest()
    things["session"] = open_sessions.session_with(_signed_in(adv.advocate)).ref
    tokens = {name: _signed_in(account) for name, account in who.items()}
    return World(app, tokens, things, restore)


def _signed_in(account: Account) -> str:
    with unit_of_work():
        half = sessions.sign_in(account, complete=False)
        return sessions.complete(open_sessions.session_with(half))


def _links(somebody: Account) -> dict[str, str]:
    newcomer, shut = make_account(), make_account()
    colleague = actor_of(make_account(Role.REGISTRAR))
    with unit_of_work():
        newcomer.password_hash = None
        invitation = accounts.invite(newcomer, "", actor=SYSTEM)
        grant = accounts.grant_role(newcomer, Role.REGISTRAR, actor=colleague)
        accounts.ask_reset(somebody, "", actor=SYSTEM)
        accounts.disable(shut, actor=SYSTEM)
    message = db.session.scalars(
        db.select(Message).where(Message.recipient == somebody.ref).order_by(Message.id.desc())
    ).first()
    assert message is not None
    return {
        "newcomer": newcomer.ref,
        "shut": shut.ref,
        "grant": grant.ref,
        "invitation link": _token_in(invitation),
        "reset link": _token_in(outbox.content_of(message)),
        "dead link": refs.token(),
    }


def _token_in(link: str) -> str:
    found = _LINK.search(link)
    assert found, link
    return found[1]


def _people(coordinator: Account, adv: Enrolment, north: Organisation) -> dict[str, str]:
    colleague = actor_of(make_account(Role.REGISTRAR))
    with unit_of_work():
        proposed = organisations.name_organisation("Not yet", Nation.SCOTLAND, actor=colleague)
    appointment = people.standing_grant(coordinator, Role.COORDINATOR, north.ref)
    assert appointment is not None
    (placed,) = employers.placements_of(adv.advocate_id)
    return {
        "organisation": north.ref,
        "proposed": proposed.ref,
        "appointment": appointment.ref,
        "placement": placed.ref,
    }


def _with_a_question_and_a_picture() -> dict[str, bytes | None]:
    """The first page of the second module, with one of each at its end."""
    base = CONTENT / "modules" / "02-identification-and-decisions"
    page = (base / "01-noticing-and-the-first-conversation.md").read_text(
        encoding="utf-8"
    ) + QUESTIONS
    return {
        f"modules/{base.name}/01-noticing-and-the-first-conversation.md": page.encode(),
        f"modules/{base.name}/files/path.svg": DRAWING.encode(),
    }


def _first_page(module: Module) -> Page:
    (stop, *_) = way_through(Reader(module.version_id), module.id)
    return contents.page_of(module, stop.page)


def _taught(adv: Enrolment) -> dict[str, str]:
    """They have read a page; then their intake moves to a version in which it says more."""
    before = cohorts.content_of(adv.cohort)
    module = contents.modules_of(before.id)[1]
    read = _first_page(module)
    with unit_of_work():
        learning.mark_read(adv, read, actor=actor_of(adv.advocate))
    asking = content_with(_with_a_question_and_a_picture())
    kept = keep(_with_more(asking, module.folder))
    with unit_of_work():
        version = catalogue.publish(kept, actor=SYSTEM)
    with unit_of_work():
        reason = "The page had left something out."
        enrolments.move_content(adv.cohort, version, reason, seen=0, actor=SYSTEM)
    brief = contents.briefs_of(version.id)[1]
    page = contents.page_of(brief.module, read.slug)
    with unit_of_work():
        note = notebooks.write_note(
            Notebook(adv.advocate_id),
            Spot(page),
            "Ask about the date.",
            "",
            actor=actor_of(adv.advocate),
        )
    return {
        "cohort": adv.cohort.ref,
        "enrolment": adv.ref,
        "rulebook": adv.cohort.intake.regulations_version.ref,
        "rulebook file": "regulations/example-2026.yml",
        "old version": before.ref,
        "version": version.ref,
        "module": brief.module.slug,
        "brief": brief.key,
        "page": page.slug,
        "note": note.ref,
        "figure": _FIGURE,
        "question": "first-decision",
        "picture": "path.svg",
    }


def _with_more(content: Content, folder: str) -> Content:
    """The same content; the first page of a module says more, and the module has a picture."""
    (module,) = (each for each in content.modules if each.folder == folder)
    page, *pages = module.pages
    more = Markup(
        '<div class="callout c-law"><p>A rule that was left out.</p></div>'
        '<figure class="figure"><img src="files/way.svg" alt="A way"></figure>'
    )
    page = replace(page, shown=replace(page.shown, html=page.shown.html + more))
    picture = recognised(_FIGURE, _DRAWN)
    richer = replace(module, pages=(page, *pages), media=(*module.media, picture))
    name = f"modules/{folder}/files/{_FIGURE}"
    tree, names = Drafted(content.tree, {name: _DRAWN}), (*content.names, name)
    return replace(
        content,
        modules=tuple(richer if each is module else each for each in content.modules),
        tree=tree,
        names=names,
        sha256=reading.fingerprint(tree, names),
    )


def _written(author: Account, reviewer: Account, adv: Enrolment) -> dict[str, str]:
    """A draft to which its reviewer objects, and a problem with a page."""
    name, colleague = "glossary.yml", actor_of(make_account(Role.REGISTRAR))
    with unit_of_work():
        draft = drafts.open_draft("Another word", actor=actor_of(author))
        db.session.flush()
        drafts.write_file(draft, name, "terms: {}\n", 0, actor=actor_of(author))
    with unit_of_work():
        reviewing.appoint(draft, ReviewKind.LEGAL, reviewer, actor=colleague)
        reviewing.ask_review(draft, snapshot(draft, CONTENT), actor=actor_of(author))
    seen = snapshot(draft, CONTENT)
    said = reviewing.Opinion(ReviewKind.LEGAL, Verdict.OBJECTS, "Too short.", seen.fingerprint)
    page = _first_page(contents.modules_of(adv.cohort.content_version_id)[0])
    problem = problems.Problem(refs.token(), ProblemKind.HARD, "What does this mean?")
    with unit_of_work():
        objection = reviewing.review(draft, seen, said, actor=actor_of(reviewer))
        report = problems.report_problem(adv, page, problem, actor=actor_of(adv.advocate))
    with unit_of_work():
        asked = Asked(seen.fingerprint, draft.base_version)
        wish = publishing.ask_to_check(asked, actor=actor_of(author))
    return {
        "wish": wish.ref,
        "draft": draft.ref,
        "draft file": name,
        "objection": objection.ref,
        "problem": report.ref,
    }


def _handed_in(everybody: list[Enrolment]) -> tuple[Assessment, list[Submission]]:
    """Their work, in the order in which markers take it."""
    due_at = clock.now() - timedelta(hours=2)
    work = make_assessment(everybody[0].cohort, due_at=due_at)
    came = [hand_in(each, work, at=due_at - timedelta(hours=1)) for each in everybody]
    numbers = {each.id: assessments.number_of(each.enrolment, work) for each in came}
    return work, sorted(came, key=lambda each: numbers[each.id])


def _marked(work: Assessment, came: list[Submission], fst: Account, snd: Account) -> dict[str, str]:
    """The first script has both marks and a proposal; the second is in the hands of both."""
    open_work = make_assessment(work.cohort, number=1)
    allocate(work, fst, snd)
    both = [take_and_mark(work, fst, Stage.FIRST), take_and_mark(work, snd, Stage.SECOND)]
    said = some_marks(both[0], reason="We read the descriptors together.")
    with unit_of_work():
        proposal = marking.propose(came[0], said, actor=actor_of(fst))
    first, second = _taken(work, fst, Stage.FIRST), _taken(work, snd, Stage.SECOND)
    assert first.submission_id == second.submission_id == came[1].id
    allocation = next(a for a in staffing.allocations(work) if a.marker_id == fst.id)
    return {
        "work": work.ref,
        "open work": open_work.ref,
        "submission": came[1].ref,
        "allocation": allocation.ref,
        "first claim": first.ref,
        "second claim": second.ref,
        "both first": both[0].ref,
        "both second": both[1].ref,
        "reconciliation": proposal.ref,
    }


def _taken(work: Assessment, marker: Account, stage: Stage) -> Claim:
    with unit_of_work():
        return marking.take_next(work, stage, actor=actor_of(marker))


def _board(adv: Enrolment, who: dict[str, Account]) -> dict[str, str]:
    with unit_of_work():
        meeting = boards.convene(
            adv.cohort,
            clock.today() + timedelta(days=7),
            who["cha"],
            [who["fst"]],
            [who["ext"]],
            actor=SYSTEM,
        )
    return {"board": meeting.ref, "board number": papers.numbers(meeting)[adv.id]}


def _register(adv: Enrolment, coordinator: Account, north: Organisation) -> dict[str, str]:
    entry = entries.entry_of(adv.advocate_id)
    assert entry is not None
    colleague = actor_of(make_account(Role.ACCREDITOR))
    withholding = accrediting.Proposed(Kind.WITHHELD, None, "Asked for by the person themselves.")
    with unit_of_work():
        proposal = accrediting.propose(entry, withholding, actor=colleague)
    proofs = register.Proofs(entry.number, BORN)
    with unit_of_work():
        check = register.check(north, proofs, Reason.OFFER, actor=actor_of(coordinator))
    return {"entry": entry.ref, "proposal": proposal.ref, "check": check.ref}


def made_up(kind: str) -> str:
    """A reference of the same kind as another, of a thing that never was."""
    return refs.new(kind[:3]) if refs.well_formed(kind) else refs.token()

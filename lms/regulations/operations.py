"""Publishing rulebooks."""

from lms import clock, refs
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.audit.trail import Event, record
from lms.db import db
from lms.regulations import queries
from lms.regulations.models import RegulationsVersion
from lms.regulations.source import Rulebook


def publish(rulebook: Rulebook, *, actor: Actor) -> RegulationsVersion:
    """Keep a rulebook for good. The same text published again is the same version."""
    gate.require(actor, P.PUBLISH_REGULATIONS)
    known = queries.version_with_text(rulebook.sha256)
    if known is not None:
        return known
    version = RegulationsVersion(
        ref=refs.new("REG"),
        key=rulebook.regulations.key,
        title=rulebook.regulations.title,
        text=rulebook.text,
        sha256=rulebook.sha256,
        published_by=actor.ref,
        published_at=clock.now(),
    )
    db.session.add(version)
    record(actor, Event.REGULATIONS_PUBLISHED, version.ref, sha256=version.sha256)
    return version

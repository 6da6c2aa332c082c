"""Every room's pages, from the ground up, and its jobs. The order has no meaning beyond reading."""

from collections.abc import Callable

from lms.accounts import link_views, views as people
from lms.accreditation import views as accreditation
from lms.accrediting import views as accrediting
from lms.assessment import jobs as scripts, setting_views, views as assessment
from lms.audit import views as audit
from lms.authoring import review_views, views as authoring
from lms.board import views as board
from lms.catalogue import version_views
from lms.cohorts import content_views, roster_views, views as cohorts
from lms.exchange import views as exchange
from lms.home import views as home
from lms.learning import parts_views, views as learning
from lms.marking import release_views, views as marking
from lms.organisations import views as organisations
from lms.outbox import Job
from lms.publishing import jobs as publishing_jobs, views as publishing
from lms.regulations import views as regulations
from lms.reports import queue_views, views as reports
from lms.sessions import account_views, clearing_views, views as sessions
from lms.study import (
    changes_views,
    download_views,
    notebook_views,
    search_views,
    version_views as taught_views,
)
from lms.tutoring import views as tutoring
from lms.web import views as web

ROOMS = (
    web.bp,
    audit.bp,
    people.bp,
    link_views.bp,
    sessions.bp,
    account_views.bp,
    clearing_views.bp,
    organisations.bp,
    regulations.bp,
    version_views.bp,
    exchange.bp,
    authoring.bp,
    review_views.bp,
    publishing.bp,
    accreditation.bp,
    cohorts.bp,
    roster_views.bp,
    content_views.bp,
    learning.bp,
    search_views.bp,
    notebook_views.bp,
    changes_views.bp,
    taught_views.bp,
    download_views.bp,
    parts_views.bp,
    tutoring.bp,
    reports.bp,
    queue_views.bp,
    assessment.bp,
    setting_views.bp,
    marking.bp,
    release_views.bp,
    board.bp,
    accrediting.bp,
    home.bp,
)

# What the background worker does, by kind of job.
JOBS: dict[str, Callable[[Job], None]] = {**scripts.JOBS, **publishing_jobs.JOBS}

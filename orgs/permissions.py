"""Who may do what: one table of acts and roles. Rows are decided by orgs/scope.py, acts by this table alone.

A page that is not for somebody's role looks like a page that does not exist (404).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from orgs.models import Role

CLERK, ADJUSTER, APPROVER, FINANCE = Role.CLERK, Role.ADJUSTER, Role.APPROVER, Role.FINANCE
AUTHORITY, CERTIFIER, POLICE, AUDITOR, ADMINISTRATOR = (
    Role.AUTHORITY,
    Role.CERTIFIER,
    Role.POLICE,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
EVERYBODY = frozenset(Role)

GRANTS: dict[str, frozenset[Role]] = {
    "portal.use": EVERYBODY,
    "edition.view": EVERYBODY,
    "edition.draft": frozenset({AUTHORITY}),
    "edition.publish": frozenset({AUTHORITY}),
    "edition.state": frozenset({AUTHORITY}),
    "edition.try": frozenset({CLERK, AUTHORITY, ADJUSTER, APPROVER, AUDITOR}),
    "edition.what_if": frozenset({AUTHORITY}),
    "roster.view": frozenset({CLERK, AUTHORITY, ADJUSTER, APPROVER, AUDITOR}),
    "roster.import": frozenset({CLERK, AUTHORITY}),
    "roster.steps": frozenset({CLERK, POLICE, AUTHORITY, ADJUSTER, AUDITOR}),
    "roster.review": frozenset({CLERK}),
    "roster.register": frozenset({POLICE}),
    "roster.collate": frozenset({AUTHORITY}),
    "roster.underwrite": frozenset({ADJUSTER}),
    "roster.object": frozenset({POLICE, ADJUSTER}),
    "endorsement.view": frozenset({CLERK, AUTHORITY, ADJUSTER, FINANCE, AUDITOR}),
    "endorsement.print": frozenset({CLERK, AUTHORITY, ADJUSTER, AUDITOR}),
    "endorsement.ask": frozenset({CLERK, AUTHORITY}),
    "endorsement.decide": frozenset({ADJUSTER}),
    "roster.correct_id": frozenset({CLERK, AUTHORITY}),
    "roster.print": frozenset({CLERK, AUTHORITY}),
    "paper.view": frozenset({CLERK, AUTHORITY, ADJUSTER, APPROVER, AUDITOR}),
    "paper.print": frozenset({CLERK, AUTHORITY, ADJUSTER}),
    "paper.check": frozenset({CLERK, AUTHORITY, ADJUSTER, APPROVER, AUDITOR, POLICE}),
    "notice.post": frozenset({CLERK}),
    "handout.record": frozenset({CLERK, ADJUSTER}),
    "roster.undo": frozenset({CLERK, AUTHORITY}),
    "roster.decide": frozenset({AUTHORITY}),
    "roster.progress": frozenset({CLERK, AUTHORITY, ADJUSTER, APPROVER, AUDITOR, FINANCE}),
    "list.manage": frozenset({AUTHORITY}),
    "unenrolled.view": frozenset({CLERK, AUTHORITY}),
    "unenrolled.mark": frozenset({CLERK}),
    "figure.enter": frozenset({CLERK, AUTHORITY}),
    "village.recognise": frozenset({AUTHORITY}),
    "keeper.manage": frozenset({CLERK}),
    "claim.view": frozenset({CLERK, AUTHORITY, ADJUSTER, APPROVER, AUDITOR}),
    "claim.report": frozenset({CLERK, ADJUSTER}),
    "claim.withdraw": frozenset({CLERK}),
    "claim.accept": frozenset({ADJUSTER}),
    "claim.adjust": frozenset({ADJUSTER}),
    "claim.return": frozenset({ADJUSTER, APPROVER}),
    "claim.deny": frozenset({ADJUSTER, APPROVER}),
    "claim.approve": frozenset({APPROVER}),
    "claim.pay": frozenset({ADJUSTER}),
    "claim.close": frozenset({ADJUSTER}),
    "secret.reveal": frozenset({CLERK, ADJUSTER, APPROVER}),
    "account.reveal": frozenset({ADJUSTER, APPROVER}),
    "premium.view": frozenset({FINANCE, AUTHORITY, AUDITOR}),
    "premium.bill": frozenset({FINANCE}),
    "premium.export": frozenset({FINANCE}),
    "premium.census": frozenset({AUTHORITY, FINANCE}),
    "job.view": EVERYBODY,
    "people.manage": frozenset({ADMINISTRATOR}),
    "token.manage": frozenset({ADMINISTRATOR}),
    "audit.view": frozenset({AUDITOR}),
}


def may(user: Any, act: str) -> bool:
    """Whether the person's role has the act. An unknown act is a mistake of ours and raises KeyError."""
    return getattr(user, "is_active", False) and user.role in GRANTS[act]


def grants(act: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator of a view: only for roles that have the act. The access matrix reads `view.act`."""
    if act not in GRANTS:
        raise KeyError(act)

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user, act):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.act = act  # type: ignore[attr-defined]
        return guarded

    return decorate


def writes_nothing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator, outermost, of a view that is sent a form and keeps none of it: it waits for no writer of SQLite."""
    view.writes_nothing = True  # type: ignore[attr-defined]
    return view


def writes_at_the_end(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator, outermost, of a view that reads a file and then has one service write, in a transaction of its own:
    no writer of SQLite waits while it reads."""
    view.writes_at_the_end = True  # type: ignore[attr-defined]
    return view

"""Who sees what: the one module that decides it. It fails closed.

A person sees rows of their organization's region (clerks, authority, police, finance, auditors) or rows in which their
insurer takes part (insurer staff). System administrators look after accounts and see no business rows. What a role may
*do* stands in orgs/permissions.py.

Every view, form choice, export, job and aggregate starts from `visible(Model, user)` or from a manager under
`acting(scope)`. On PostgreSQL row-level security repeats the same rule behind the ORM (orgs/row_security.py); the
settings it reads are local to the transaction, so `acting` opens one there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q

PATH_CEILING = "9" * 40


class ScopeMissing(Exception):
    """A scoped table was asked without a scope. Nothing is returned rather than everything."""


@dataclass(frozen=True)
class Scope:
    """What somebody sees: a subtree of regions, the rows of some insurers, or everything for a named reason."""

    region_path: str = ""
    organizations: tuple[int, ...] = ()
    everything: bool = False
    reason: str = ""


NOTHING = Scope()
_current: ContextVar[Scope | None] = ContextVar("portal_scope", default=None)


def scope_of(user: Any) -> Scope:
    """The scope of a person, from what the database says of them now."""
    if not getattr(user, "is_active", False):
        return NOTHING
    if user.role in {"adjuster", "approver"}:
        return Scope(organizations=(user.organization_id,))
    if user.role in {"clerk", "authority", "finance", "auditor", "police"}:
        return Scope(region_path=user.organization.region.path)
    return NOTHING


def current_scope() -> Scope:
    scope = _current.get()
    if scope is None:
        raise ScopeMissing("没有确定查询范围，拒绝查询")
    return scope


def up_to(path: str) -> str:
    """The end of a subtree as a range of paths: from `path` up to this, both included."""
    return path + PATH_CEILING[len(path) :]


def _within(column: str, path: str) -> Q:
    return Q(**{f"{column}__gte": path, f"{column}__lte": up_to(path)})


def _region_and_insurer(scope: Scope, _user: Any) -> Q:
    if scope.everything:
        return Q()
    allowed = Q(pk__in=())
    if scope.region_path:
        allowed |= _within("region_path", scope.region_path)
    if scope.organizations:
        allowed |= Q(insurer_id__in=scope.organizations)
    return allowed


def _of_requester(scope: Scope, user: Any) -> Q:
    return Q() if scope.everything else Q(requested_by=user.pk if user else None)


def _place(scope: Scope, user: Any) -> Q:
    """Editions: the published ones of the county in which, or above which, the person works; drafts for who drafts."""
    from orgs.permissions import may  # which stands above this module

    if scope.everything:
        return Q()
    own = user.organization.region
    within = _within("place__path", own.path)
    published = Q(state="published") & (within | Q(place_id__in=own.path_ids))
    return published | within if may(user, "edition.draft") else published


def _drafts(scope: Scope, user: Any) -> Q:
    """Documents that people write: those of places within the person's own."""
    return Q() if scope.everything else _within("place__path", user.organization.region.path)


def _accounts(scope: Scope, user: Any) -> Q:
    """People and organizations: those within the administrator's region."""
    if scope.everything:
        return Q()
    if getattr(user, "role", "") != "administrator":
        return Q(pk__in=())
    return _within("organization__region__path", user.organization.region.path)


def _tokens(scope: Scope, user: Any) -> Q:
    """Tokens of the API: those of the organizations within the administrator's region."""
    if scope.everything:
        return Q()
    if getattr(user, "role", "") != "administrator":
        return Q(pk__in=())
    return _within("account__organization__region__path", user.organization.region.path)


def _offices(scope: Scope, user: Any) -> Q:
    if scope.everything:
        return Q()
    return _within("region__path", user.organization.region.path)


RULES = {
    "region_and_insurer": _region_and_insurer,
    "requester": _of_requester,
    "place": _place,
    "drafts": _drafts,
    "accounts": _accounts,
    "offices": _offices,
    "tokens": _tokens,
}


def _rule_of(model: type[models.Model]) -> Any:
    kind = SCOPE_KINDS.get(model._meta.label) or getattr(model, "scope_kind", None)
    if kind is None:
        raise ScopeMissing(f"{model._meta.label} 没有可见范围的规则")
    return RULES[kind]


SCOPE_KINDS = {"orgs.User": "accounts", "orgs.Organization": "offices"}


def visible(model: type[models.Model], user: Any) -> models.QuerySet[Any]:
    """The rows of `model` that `user` sees; no rows for somebody without a scope."""
    if not getattr(user, "is_active", False):
        return model._base_manager.none()
    return ScopedQuerySet(model).filter(_rule_of(model)(scope_of(user), user))


class ScopedQuerySet(models.QuerySet[Any]):
    """Refuses to move a row out of its scope."""

    def update(self, **values: Any) -> int:
        if {"region_path", "insurer", "insurer_id"} & values.keys() and not current_scope().everything:
            raise ScopeMissing("区划与承保机构只能由系统任务改动")
        return super().update(**values)


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Rows under the scope in force; raises ScopeMissing where none is."""

    def get_queryset(self) -> models.QuerySet[Any]:
        scope = current_scope()
        return super().get_queryset().filter(_region_and_insurer(scope, None))


@contextmanager
def acting(scope: Scope) -> Iterator[None]:
    """Run with `scope` in force, for managers and, on PostgreSQL, for row-level security."""
    before = _current.get()
    token = _current.set(scope)
    try:
        if connection.vendor != "postgresql":
            yield
            return
        with transaction.atomic():
            _tell_database(scope)
            yield
            if not connection.needs_rollback:  # a rollback puts the former settings back by itself
                _tell_database(before or NOTHING)
    finally:
        _current.reset(token)


def system_scope(reason: str) -> Any:
    """Everything, for a named reason: set-up, jobs that look across townships, commands."""
    return acting(Scope(everything=True, reason=reason))


def _tell_database(scope: Scope) -> None:
    settings = {
        "portal.everything": "yes" if scope.everything else "",
        "portal.region_low": scope.region_path,
        "portal.region_high": scope.region_path and up_to(scope.region_path),
        "portal.organizations": ",".join(map(str, scope.organizations)),
    }
    with connection.cursor() as cursor:
        calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
        cursor.execute(f"SELECT {calls}", [part for pair in settings.items() for part in pair])

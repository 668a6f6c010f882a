"""People: created, moved, disabled, reset; one by one or by list. Every change is audited."""

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from orgs.audit import record
from orgs.models import Organization, Role, User
from orgs.passwords import new_password
from orgs.versions import save_versioned

ROLES_BY_KIND: dict[str, tuple[Role, ...]] = {
    Organization.Kind.TOWNSHIP: (Role.CLERK,),
    Organization.Kind.AUTHORITY: (Role.AUTHORITY,),
    Organization.Kind.FINANCE: (Role.FINANCE,),
    Organization.Kind.INSURER: (Role.ADJUSTER, Role.APPROVER),
    Organization.Kind.CERTIFIER: (Role.CERTIFIER,),
    Organization.Kind.POLICE: (Role.POLICE, Role.CERTIFIER),
    Organization.Kind.AUDIT: (Role.AUDITOR,),
    Organization.Kind.ADMINISTRATION: (Role.ADMINISTRATOR,),
}


class RoleDoesNotFit(Exception):
    """The role is not one that the organization's people can have."""


class LastAdministrator(Exception):
    """The last active administrator can't be disabled or moved: nobody could let anybody in again."""


class SetUpAlready(Exception):
    """The first-run page has done its work: there are people."""


@dataclass(frozen=True)
class NewPerson:
    user: User
    password: str  # shown once, never stored


def check_role(*, role: str, organization: Organization) -> None:
    """RoleDoesNotFit where the organization's kind has no such role."""
    fitting = ROLES_BY_KIND[organization.kind]
    if role not in fitting:
        names = "、".join(Role(fit).label for fit in fitting)
        raise RoleDoesNotFit(f"{organization.short_name}的人员只能是：{names}；请改角色，或改所属机构")


def check_kind(*, organization: Organization, kind: str) -> None:
    """RoleDoesNotFit where somebody in the organization has a role that the new kind lacks."""
    others = organization.people.exclude(role__in=ROLES_BY_KIND[kind]).values_list("name", flat=True)
    if others:
        raise RoleDoesNotFit(f"{'、'.join(others[:5])}等人的角色不属于这一类机构；请先给他们改机构，再改类别")


@transaction.atomic
def create_person(
    *,
    username: str,
    name: str,
    organization: Organization,
    role: str,
    phone: str,
    by: User | None,
    password: str = "",
) -> NewPerson:
    """A new person with a one-time password that must be changed at the first login."""
    check_role(role=role, organization=organization)
    user = User(
        username=username.strip().lower(),
        name=name.strip(),
        organization=organization,
        role=role,
        phone=phone,
    )
    chosen = password or new_password()
    user.set_password(chosen)
    user.must_change_password = not password
    user.save()
    record(
        "person.create",
        by=by,
        target=user,
        label=username,
        region_path=organization.region.path,
        role=role,
        organization=organization.name,
    )
    return NewPerson(user, chosen)


@transaction.atomic
def change_person(
    *, user: User, read_version: int, name: str, organization: Organization, role: str, phone: str, by: User
) -> None:
    """Change or move a person; takes effect on their next request."""
    check_role(role=role, organization=organization)
    before = User.objects.select_related("organization").get(pk=user.pk)
    stays = role == Role.ADMINISTRATOR and organization.region_id == before.organization.region_id
    if before.role == Role.ADMINISTRATOR and not stays:
        _keep_an_administrator(before)
    user.name, user.organization, user.role, user.phone = name, organization, role, phone
    save_versioned(user, read_version=read_version, fields=["name", "organization_id", "role", "phone"])
    record(
        "person.change",
        by=by,
        target=user,
        label=user.username,
        region_path=organization.region.path,
        organization=[before.organization.name, organization.name],
        role=[before.role, role],
    )


@transaction.atomic
def set_active(*, user: User, active: bool, by: User) -> None:
    """Disable or enable a person; a disabled person's sessions end at once."""
    if not active and user.role == Role.ADMINISTRATOR:
        _keep_an_administrator(user)
    user.is_active = active
    save_versioned(user, read_version=user.version, fields=["is_active"])
    if not active:
        end_sessions(user)
    record("person.enable" if active else "person.disable", by=by, target=user, label=user.username)


@transaction.atomic
def reset_password(*, user: User, by: User) -> str:
    """A new one-time password; the old one and all sessions end."""
    password = new_password()
    user.set_password(password)
    user.must_change_password = True
    save_versioned(user, read_version=user.version, fields=["password", "must_change_password"])
    end_sessions(user)
    record("person.reset", by=by, target=user, label=user.username)
    return password


@transaction.atomic
def change_own_password(*, user: User, password: str) -> None:
    """ValidationError when the new password does not meet the rules."""
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = False
    save_versioned(user, read_version=user.version, fields=["password", "must_change_password"])
    record("person.password", by=user, target=user, label=user.username)


@transaction.atomic
def set_up_first_administrator(*, place: "object", username: str, name: str, password: str) -> User:
    """The first person of an installation: only while there is nobody."""
    if User.objects.exists():
        raise SetUpAlready("系统已有账号，首次设置页不再可用")
    office, _ = Organization.objects.get_or_create(
        name=f"{place}政策保险系统管理",
        defaults={"short_name": "系统管理", "kind": Organization.Kind.ADMINISTRATION, "region": place},
    )
    validate_password(password, User(username=username))
    return create_person(
        username=username,
        name=name,
        organization=office,
        role=Role.ADMINISTRATOR,
        phone="",
        by=None,
        password=password,
    ).user


def end_sessions(user: User) -> None:
    """Log the person out everywhere."""
    for session in Session.objects.filter(expire_date__gte=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def _keep_an_administrator(user: User) -> None:
    """Somebody else must be left who sees this person's region: another county's administrator does not."""
    above = user.organization.region.path_ids
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True, organization__region__in=above)
    if not others.exclude(pk=user.pk).exists():
        raise LastAdministrator("这是最后一个在用的系统管理员，不能停用或改任；请先新建另一个")

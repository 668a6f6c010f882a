"""The portal's own accounts: those that commands act as. Nobody can log in with them."""

from django.db import transaction

from orgs.audit import record
from orgs.models import Organization, Region, Role, User

NAME = "系统导入"


@transaction.atomic
def importer_of(place: Region) -> User:
    """The account that imports rosters for a place; made when it is first needed."""
    username = f"system.import.{place.code or place.pk}"
    user = User.objects.select_related("organization__region").filter(username=username).first()
    return user or _make(username, place)


def _make(username: str, place: Region) -> User:
    office, _ = Organization.objects.get_or_create(
        name=f"{place}系统导入（{place.code or place.pk}）",
        defaults={
            "short_name": NAME,
            "kind": Organization.Kind.AUTHORITY,
            "region": place,
            "active": False,  # offered nowhere as somebody's office
        },
    )
    user = User(
        username=username,
        name=NAME,
        organization=office,
        role=Role.AUTHORITY,
        phone="",
        must_change_password=False,
    )
    user.set_unusable_password()
    user.save()
    record("person.create", by=None, target=user, label=username, region_path=place.path, role=Role.AUTHORITY)
    return user


def reader_of(place: Region) -> User:
    """A stand-in that sees a place and is kept nowhere, for commands that only read."""
    office = Organization(name="系统", short_name="系统", kind=Organization.Kind.AUTHORITY, region=place)
    return User(username="system", name="系统", organization=office, role=Role.AUTHORITY)

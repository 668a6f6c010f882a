"""Editions beside Wanzhou's: a city that goes by a census, and documents with one thing put differently."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orgs.models import Organization, Region, Role, User
from schemes.models import Edition
from schemes.services import publish_edition, store_edition
from tests.cast import COUNTY
from tests.ground import everything
from tests.rules.editions import WANZHOU, text_of

EDITIONS = Path(__file__).parents[2] / "fixtures" / "editions"
BASIS = '  basis: person\n  rate: {value: "130.00", clause: 三}\n'
CITY = "371500000000"

Somebody = Callable[..., User]


@pytest.fixture
def liaocheng(db: None) -> Edition:
    return publish((EDITIONS / "liaocheng-2022.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def dazu(db: None) -> Edition:
    return publish((EDITIONS / "dazu-2024.yaml").read_text(encoding="utf-8"))


def publish(document: str) -> Edition:
    with everything():
        edition = store_edition(document=document, name="x.yaml", by=None)
        publish_edition(edition=edition, by=None)
    return Edition.objects.select_related("place", "scheme").get(pk=edition.pk)


def wanzhou_but(premium: str, more: str = "") -> Edition:
    """Wanzhou's document as another edition with another premium; `more` stands before the insurers."""
    text = text_of(WANZHOU).replace("code: wanzhou-2021", "code: wanzhou-other", 1).replace("WZ21", "WZ99", 1)
    assert BASIS in text
    return publish(text.replace(BASIS, premium).replace("\ninsurers:\n", f"\n{more}\ninsurers:\n", 1))


@pytest.fixture
def somebody(db: None) -> Somebody:
    """`somebody(Role.FINANCE, "371500000000")`: a person at a region, by its code or its name."""

    def make(role: str, place: str = COUNTY) -> User:
        region = Region.objects.filter(code=place).first() or Region.objects.get(name=place)
        kind = {Role.FINANCE: Organization.Kind.FINANCE, Role.AUTHORITY: Organization.Kind.AUTHORITY}.get(
            role, Organization.Kind.AUDIT
        )
        office, _ = Organization.objects.get_or_create(
            name=f"{region.name}某{role}", defaults={"short_name": f"某{role}", "kind": kind, "region": region}
        )
        user = User.objects.create(
            username=f"{role}.{region.pk}", name="某某", organization=office, role=role, password="!",
            must_change_password=False,
        )  # fmt: skip
        return User.objects.select_related("organization__region").get(pk=user.pk)

    return make

"""Builders of endorsements, by the real services."""

from datetime import date
from typing import Any

from enrollment.models import Endorsement, Enrollment, VillageTotal
from enrollment.services.agreeing import agree_to_endorsement, refuse_endorsement
from enrollment.services.endorsing import Grounds, ask_addition, ask_correction, ask_removal, withdraw_endorsement
from orgs.models import User
from orgs.scope import acting, scope_of, system_scope
from schemes.models import Edition
from tests.cast import OWN, Cast, id_number, read_edition, villages

DAY = date(2021, 6, 1)
EMPTY = {
    "sex": "m",
    "group": "",
    "household": "",
    "relation": "",
    "address": "",
    "phone": "",
    "bank": "",
    "account": "",
}


def grounds(reason: str, day: date = DAY, **more: str) -> Grounds:
    return Grounds(**{"effective_on": day, "reason": reason, "proof": "某证明"} | more)


def addition(
    *,
    by: User,
    n: int = 50,
    place: str = OWN,
    village: int = 0,
    day: date = DAY,
    reason: str = "omitted",
    edition: Edition | None = None,
    proof: str = "某证明",
    reason_text: str = "",
    **person: Any,
) -> Endorsement:
    """Somebody to be added; `n` of `id_number(n)`."""
    content = EMPTY | {"name": "增某人", "id_number": id_number(n), "id_kind": "居民身份证"} | person
    why = grounds(reason, day, proof=proof, reason_text=reason_text)
    with acting(scope_of(by)):
        return ask_addition(
            edition=edition or read_edition(), village=villages(place)[village], person=content, grounds=why, by=by
        )


def removal(
    person: Enrollment, cast: Cast, *, day: date = DAY, reason: str = "died", by: User | None = None
) -> Endorsement:
    by = by or cast.clerk
    with acting(scope_of(by)):
        return ask_removal(enrollment=person, grounds=grounds(reason, day), by=by)


def correction(person: Enrollment, by: User, *, day: date = DAY, proof: str = "某证明", **changes: Any) -> Endorsement:
    with acting(scope_of(by)):
        return ask_correction(
            enrollment=person, changes=changes, grounds=grounds("miswritten", day, proof=proof), by=by
        )  # fmt: skip


def agree(asked: Endorsement, by: User, **more: Any) -> Endorsement:
    """By the version and premium that the insurer saw."""
    more = {"read_version": asked.version, "seen_fen": asked.premium_fen} | more
    with acting(scope_of(by)):
        return agree_to_endorsement(endorsement=asked, by=by, **more)


def refuse(asked: Endorsement, by: User, opinion: str = "材料不齐") -> Endorsement:
    with acting(scope_of(by)):
        return refuse_endorsement(endorsement=asked, by=by, read_version=asked.version, opinion=opinion)


def withdraw(asked: Endorsement, by: User) -> Endorsement:
    with acting(scope_of(by)):
        return withdraw_endorsement(endorsement=asked, by=by, read_version=asked.version)


def on_roster(person: Enrollment) -> Enrollment:
    """The row as it is now."""
    with system_scope("tests look"):
        return Enrollment.objects.select_related("edition", "village").get(pk=person.pk)


def counted(village_name: str) -> tuple[int, int]:
    """Persons and households that the village's sum tells."""
    with system_scope("tests look"):
        total = VillageTotal.objects.filter(village__name=village_name).first()
        return (total.persons, total.households) if total else (0, 0)

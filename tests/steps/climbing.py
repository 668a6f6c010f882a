"""Rosters on their way up: an edition with steps, people on it, and each step by the real service."""

import hashlib
from typing import Any

from enrollment.digests import SHOWN, village_digests
from enrollment.initials import initials_of
from enrollment.models import Enrollment, Objection, TownshipRoster
from enrollment.services import objecting, reviewing, stepping
from enrollment.services.changing import sum_up_villages
from enrollment.village_rows import villages_of
from orgs.crypto import blind_index
from orgs.models import Organization, Region, Role, User
from orgs.scope import acting, scope_of, system_scope, visible
from schemes.models import Edition, InsurerAssignment
from tests.cast import NEAR, OWN, Cast, account, id_number, read_edition, township, villages

WITH_STEPS = "wanzhou-steps"
SECTION = """roster_steps:
  steps:
    - {step: review, label: 镇审核, due: "2021-01-10", clause: 三}
    - {step: police, label: 户籍确认, department: 某公安局, due: "2021-01-15", clause: 三}
    - {step: collate, label: 主管部门汇总, clause: 三}
    - {step: underwrite, label: 承保确认, due: "2021-01-31", clause: 三}

"""
WITHOUT_POLICE = (
    SECTION.replace("    - {step: police, label: 户籍确认, department: 某公安局, due: \"2021-01-15\", clause: 三}\n", "")
)  # fmt: skip


def steps_edition(section: str = SECTION, code: str = WITH_STEPS) -> Edition:
    """Wanzhou's terms with a section `roster_steps`, serving the same townships."""
    found = Edition.objects.select_related("place", "scheme").filter(code=code).first()
    if found is not None:
        return found
    own = read_edition()
    document = own.document.replace("\ninsurers:\n", f"\n{section}insurers:\n", 1).replace(own.code, code, 1)
    assert "roster_steps" in document
    edition = Edition.objects.create(
        code=code, scheme=own.scheme, place=own.place, title="名册分步的方案", first_day=own.first_day,
        last_day=own.last_day, state=Edition.State.PUBLISHED, document=document,
        sha256=hashlib.sha256(document.encode()).hexdigest(),
    )  # fmt: skip
    InsurerAssignment.objects.bulk_create(
        InsurerAssignment(
            edition=edition, township=one.township, insurer=one.insurer, clause=one.clause, position=one.position
        )
        for one in own.assignments.order_by("position")
    )
    return edition


def enrol_in(
    edition: Edition, place: str = OWN, n: int = 1, *, village: int = 0, name: str = "谭某登", **more: Any
) -> Enrollment:
    town, home, number = township(place), villages(place)[village], id_number(n)
    with system_scope("tests enrol"):
        person = Enrollment.objects.create(
            edition=edition, township=town, village=home, region_path=home.path, name=name, initials=initials_of(name),
            insurer_id=edition.assignments.get(township=town).insurer_id, id_number=number, id_index=blind_index(number),
            id_kind="resident", sex="m", household=more.pop("household", f"H{n}"), relation="01", account=account(n),
            content=blind_index(f"content{n}"), phone="10000000003", **more,
        )  # fmt: skip
        sum_up_villages(edition.pk, {home.pk})
        return Enrollment.objects.select_related("edition__place", "township", "village").get(pk=person.pk)


def roster_of(edition: Edition, place: str = OWN) -> TownshipRoster:
    with system_scope("tests look"):
        found = TownshipRoster.objects.filter(edition=edition, township=township(place)).first()
    return found or TownshipRoster(edition=edition, township=township(place))


def clerk_of(place: str, cast: Cast) -> User:
    return {OWN: cast.clerk, NEAR: cast.near_clerk}.get(place, cast.far_clerk)


def adjuster_of(place: str, cast: Cast) -> User:
    return cast.adjuster if place in (OWN, NEAR) else cast.far_adjuster


def sign_all(edition: Edition, place: str, by: User) -> None:
    seen = digests_seen(edition, place, by)
    with acting(scope_of(by)):
        reviewing.sign_off_villages(edition=edition, township=township(place), seen_digests=seen, by=by)


def digests_seen(edition: Edition, place: str, by: User) -> dict[int, str]:
    """What the person's screen shows of each village."""
    with acting(scope_of(by)):
        found = village_digests(visible(Enrollment, by).filter(edition=edition, township=township(place)))
    return {village: digest[:SHOWN] for village, digest in found.items()}


def submit(edition: Edition, place: str, by: User, **more: Any) -> TownshipRoster:
    with acting(scope_of(by)):
        seen = villages_of(edition, township(place), by).digest
        more = {"seen_digest": seen, "confirmed": True, "read_version": roster_of(edition, place).version} | more
        return stepping.submit_roster(edition=edition, township=township(place), by=by, **more)


def take(edition: Edition, place: str, action: str, by: User, *, opinion: str = "某个原因") -> TownshipRoster:
    """One step by the real service, whoever tries."""
    version = roster_of(edition, place).version
    if action == "submit":
        return submit(edition, place, by)
    with acting(scope_of(by)):
        common = {"edition": edition, "township": township(place), "by": by, "read_version": version}
        if action == "send_back":
            return stepping.send_back_roster(**common, opinion=opinion)
        return stepping.pass_roster(**common, action=action)


def bring_up(edition: Edition, state: str, cast: Cast, place: str = OWN) -> TownshipRoster:
    """A township's roster in any state of the table, by whoever takes the steps there."""
    hands = {"register": cast.police, "collate": cast.authority, "underwrite": adjuster_of(place, cast)}
    if state == "drafting":
        return roster_of(edition, place)
    sign_all(edition, place, clerk_of(place, cast))
    roster = submit(edition, place, clerk_of(place, cast))
    for action, by in hands.items():
        if roster.state == state:
            break
        roster = take(edition, place, action, by)
    assert roster.state == state
    return roster_of(edition, place)


def object_to(
    person: Enrollment, by: User, *, step: str = "police", reason: str = "moved_out", note: str = ""
) -> Objection:
    with acting(scope_of(by)):
        return objecting.raise_objection(enrollment=person, step=step, reason=reason, note=note, by=by)


def village_clerk(place: str = OWN, village: int = 0) -> User:
    """Somebody who works for one village only."""
    home: Region = villages(place)[village]
    office, _ = Organization.objects.get_or_create(
        name=f"{place}{home.name}村委会", defaults={"short_name": home.name, "kind": "township", "region": home}
    )
    user = User.objects.create(
        username=f"village.{home.pk}",
        name="村某文",
        organization=office,
        role=Role.CLERK,
        password="!",
        must_change_password=False,
    )
    return User.objects.select_related("organization__region").get(pk=user.pk)


def page(place: str = OWN, *more: str) -> str:
    """The address of a township's page, or of something on it."""
    return "/".join(["/roster/progress", WITH_STEPS, str(township(place).pk), *more]) + "/"

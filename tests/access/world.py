"""A small world for questions of access: the same things in three townships, each marked with a canary of its place.

Whoever does not see a place must never find its canary in an answer.
"""

import hashlib
import io
import subprocess
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from shutil import which
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse
from django.utils import timezone

from claims.models import Claim, Paper
from enrollment.models import (
    Endorsement,
    Enrollment,
    ListedPerson,
    Objection,
    PersonList,
    PrintOrder,
    PublicNotice,
    RosterBatch,
    RosterConflict,
    RosterDownload,
    RosterPrint,
    VillageKeeper,
)
from enrollment.services.handing_out import record_handouts
from enrollment.services.keepers import enter_keeper
from enrollment.services.printing import order_print
from enrollment.services.publishing import post_notices
from enrollment.services.villagers_objections import write_down_objection
from office.files import store_file
from orgs.crypto import blind_index
from orgs.models import ApiToken, Organization, Region, Role, User
from orgs.scope import acting, scope_of, system_scope
from orgs.services.tokens import make_token
from reports.models import WhatIf
from schemes.drafting import start_draft
from schemes.models import DraftText, Edition, InsurerAssignment, Scheme
from schemes.services import check_amendment, check_edition_draft, draft_amendment, store_edition
from tests.cast import (
    EDITION,
    FAR,
    NEAR,
    OWN,
    Cast,
    claim_in,
    enrol,
    id_number,
    paper_on,
    read_cast,
    read_edition,
    report_of,
    roster_book,
    township,
    uploaded,
    villages,
)
from tests.enrollment.batches import confirmed
from tests.enrollment.endorsing import addition, agree, correction
from tests.lists.making import in_force, row_of
from tests.steps.climbing import bring_up, enrol_in, object_to, sign_all, steps_edition

PLACES = {"own": OWN, "near": NEAR, "far": FAR}
STORED = "wanzhou-2020"  # an edition that is a draft
STATES = ("reported", "returned", "accepted", "adjusted", "in_approval", "approved", "paid")
MISSING = 999_999_999
CLIMBING = ("drafting", "police", "collate", "underwrite")  # states of a roster
STATE = "state:\n  declared: {label: 已决定上浮, type: yes_no}\n  premium_total: {label: 保费总额, type: money}\n\n"
RAISED = """  raised:
    label: 累计限额
    per: edition
    clause: 三
    multiple_of: premium_total
    amount: {by: declared, clause: 三, values: {"no": "15", "yes": "18"}}
"""


CANARIES = {"own": "金丝雀甲", "near": "金丝雀乙", "far": "金丝雀丙", "foreign": "金丝雀丁"}


def canary(place: str) -> str:
    """Text that stands in every field of a place's rows; Chinese, so that it passes for part of a name."""
    return CANARIES[place]


@dataclass(frozen=True)
class Climbing:
    """A township's roster in an edition with steps: somebody on it, and an objection to somebody else on it."""

    person: Enrollment
    objection: Objection | None


@dataclass(frozen=True)
class Corner:
    """What one township holds."""

    person: Enrollment
    newcomer: Enrollment  # of another household, who never claimed anything
    claims: dict[str, Claim]
    paper: Paper
    batch: RosterBatch
    township: Region
    climbing: dict[str, Climbing]  # by the state of its roster
    endorsements: dict[str, Endorsement]  # by state
    done: RosterBatch  # confirmed, with somebody enrolled and a row that waits for the county
    conflict: RosterConflict
    keeper: VillageKeeper
    listed: ListedPerson  # on the members list and not enrolled
    order: PrintOrder
    printed: RosterPrint
    notice: PublicNotice
    villagers: Objection  # to somebody on the notice


@dataclass(frozen=True)
class World:
    cast: Cast
    edition: Edition
    corners: dict[str, Corner]
    foreign_edition: Edition
    census_edition: Edition
    foreign_office: Organization
    drafts: dict[str, Edition]  # by state; stored by the second authority
    foreign_drafts: dict[str, Edition]
    secrets: dict[str, list[str]] = field(default_factory=dict)
    draft_texts: dict[tuple[str, str], DraftText] = field(default_factory=dict)  # by placement and state
    what_ifs: dict[str, WhatIf] = field(default_factory=dict)
    tokens: dict[str, ApiToken] = field(default_factory=dict)
    downloads: dict[str, RosterDownload] = field(default_factory=dict)
    person_lists: dict[str, PersonList] = field(default_factory=dict)

    def clerk_of(self, place: str) -> User:
        return {"own": self.cast.clerk, "near": self.cast.near_clerk, "far": self.cast.far_clerk}[place]


def make_world() -> World:
    cast = read_cast()
    foreign = _foreign_edition(cast)
    world = World(
        cast,
        read_edition(),
        {},
        foreign,
        _census_edition(),
        _foreign_office(cast),
        _drafts(cast),
        _foreign_drafts(foreign),
    )
    _amendments(world)
    world.tokens.update(_tokens(cast))
    world.person_lists.update(_person_lists(world))
    for number, place in enumerate(PLACES, start=1):
        world.corners[place] = _corner(world, place, number * 100)
        world.secrets[place] = [
            id_number(number * 100),
            id_number(8000 + number),
            f"6217000000000{number * 100:06d}",
            id_number(number * 100 + 70),
            id_number(number * 100 + 60),
        ]
    world.downloads["own"] = _download(world)
    world.draft_texts.update(_draft_texts(world))
    world.what_ifs.update(own=_what_if(world.edition, cast), foreign=_what_if(world.foreign_edition, cast))
    return world


def _draft_texts(world: World) -> dict[tuple[str, str], DraftText]:
    """起草稿: one that passes, one with an example that comes out otherwise, and one of another county."""
    document, by = world.edition.document, world.cast.authority
    store_edition(document=document.replace(EDITION, STORED), name=STORED, by=by)
    passing = start_draft(document=document.replace(EDITION, "draft-1"), place=world.edition.place, by=by)
    other = document.replace(EDITION, "draft-2").replace('amount: {value: "1000.00"', 'amount: {value: "1200.00"')
    misfit = start_draft(document=other, place=world.edition.place, by=by)
    foreign = DraftText.objects.create(
        place=world.foreign_edition.place,
        code="draft-3",
        title=f"外县{canary('foreign')}",
        document=document,
        changed_by=by,
    )
    assert (passing.problems, misfit.problems) == (0, 1)
    return {
        ("own", "passing"): passing, ("own", "misfit"): misfit,
        ("foreign", "passing"): foreign, ("foreign", "misfit"): foreign,
    }  # fmt: skip


def _what_if(edition: Edition, cast: Cast) -> WhatIf:
    """One that is done, of the edition's county."""
    with system_scope("tests"):
        return WhatIf.objects.create(
            past=edition, proposed=edition, proposed_code=edition.code, proposed_title=edition.title,
            proposed_sha256=edition.sha256, region_path=edition.place.path, made_by=cast.authority, state="done",
            result={"cells": [], "coverages": [], "townships": [], "reasons": [], "premium": None, "unchecked": [], "period": ""},
        )  # fmt: skip


def _corner(world: World, place: str, n: int) -> Corner:
    mark = canary(place)
    person = enrol(
        PLACES[place], n, name=f"谭某{mark}", household=f"户{mark}", address=f"某路{mark}", group=f"组{mark}"
    )
    claims = {state: claim_in(state, world.cast, person, _report(mark, n)) for state in STATES}
    clerk = world.clerk_of(place)
    batch = uploaded(_book(place, n), clerk, place=PLACES[place], name=f"名册{mark}.xlsx")
    assert (batch.counts["new"], batch.counts["rejected"]) == (1, 1), batch.counts
    paper, town = paper_on(claims["reported"], clerk), township(PLACES[place])
    more = (
        _endorsements(world, place, n, clerk),
        *_done_batch(place, n, clerk),
        _keeper(place, clerk),
        _listed(n),
        *_printed_and_posted(world, person, clerk),
    )
    newcomer = enrol(PLACES[place], n + 3, name=f"何某{mark}", household=f"新户{mark}", group=f"组{mark}")
    climbing = _climbing(world, place, n)
    return Corner(person, newcomer, claims, paper, batch, town, climbing, *more)


def _climbing(world: World, place: str, n: int) -> dict[str, Climbing]:
    """One edition for each state of a roster, so that the step of the matrix is there to be taken."""
    mark, found = canary(place), {}
    for state in CLIMBING:
        edition = steps_edition(code=f"wanzhou-{state}")
        person, other = (
            enrol_in(edition, PLACES[place], n + at, name=f"登某{mark}", household=f"户{mark}", address=f"某路{mark}")
            for at in (10, 11)
        )
        bring_up(edition, state, world.cast, PLACES[place])
        if state == "drafting":
            sign_all(edition, PLACES[place], world.clerk_of(place))
        objects = state == "police"
        objection = object_to(other, world.cast.police, reason="other", note=f"情况{mark}") if objects else None
        found[state] = Climbing(person, objection)
    return found


def _download(world: World) -> RosterDownload:
    """A file that the police ordered."""
    by, edition = world.cast.police, Edition.objects.get(code="wanzhou-police")
    path = world.corners["own"].township.path
    with system_scope("tests"):
        file = store_file(b"PK", name="名册.xlsx", content_type="x", purpose="export", by=by, region_path=path)
        file.expires_at = timezone.now() + timedelta(days=1)
        file.save()
        return RosterDownload.objects.create(
            edition=edition, township=world.corners["own"].township, step="police", requested_by=by, file=file, region_path=path
        )  # fmt: skip


def _endorsements(world: World, place: str, n: int, clerk: User) -> dict[str, Endorsement]:
    """An addition that waits and a correction in effect, with the canary in every text."""
    mark, insurer = canary(place), world.cast.far_adjuster if place == "far" else world.cast.adjuster
    asked = addition(
        place=PLACES[place], n=n + 70, by=clerk, name=f"增某{mark}", household=f"户{mark}", address=f"路{mark}", group=f"组{mark}",
        bank=f"银行{mark}", phone="", account=f"6217000000000{n + 70:06d}", proof=f"证明{mark}", reason_text=f"因{mark}",
    )  # fmt: skip
    other = enrol(PLACES[place], n + 60, name=f"更某{mark}", household=f"户{mark}", address=f"某路{mark}")
    agreed = agree(correction(other, clerk, address=f"新路{mark}", proof=f"证明{mark}"), insurer, opinion=f"同意{mark}")
    return {"asked": asked, "agreed": agreed}


def _done_batch(place: str, n: int, clerk: User) -> tuple[RosterBatch, RosterConflict]:
    """Somebody new, and the corner's person under another name."""
    mark, village = canary(place), villages(PLACES[place])[0].name
    rows = (
        (f"冯某{mark}", id_number(n + 2), PLACES[place], village),
        (f"异某{mark}", id_number(n), PLACES[place], village),
    )
    done = confirmed(roster_book(*rows), clerk, place=PLACES[place], name=f"已导入{mark}.xlsx")
    with system_scope("tests"):
        return done, RosterConflict.objects.get(batch=done)


def _keeper(place: str, clerk: User) -> VillageKeeper:
    with acting(scope_of(clerk)):
        return enter_keeper(
            edition=read_edition(), village=villages(PLACES[place])[0], kind="village", group="",
            name=f"专某{canary(place)}", phone="10000000003", by=clerk,
        )  # fmt: skip


def _listed(n: int) -> ListedPerson:
    with system_scope("tests"):
        return ListedPerson.objects.get(id_index=blind_index(id_number(n + 50)))


def _person_lists(world: World) -> dict[str, PersonList]:
    """Members of three townships: in each the one who is enrolled, and in the next village one who is not."""
    rows = [("王某误", "12345", "", "", "")]
    for number, place in enumerate(PLACES, start=1):
        first, second = (village.name for village in villages(PLACES[place])[:2])
        rows.append(row_of(number * 100, place=PLACES[place], village=first))
        rows.append(row_of(number * 100 + 50, name=f"应某{canary(place)}", place=PLACES[place], village=second))
    own = in_force("members", *rows, by=world.cast.authority)
    with system_scope("tests"):
        foreign = PersonList.objects.get(pk=own.pk)
        foreign.pk, foreign.edition, foreign.state = None, world.foreign_edition, "withdrawn"
        foreign.region_path, foreign.title = world.foreign_edition.place.path, f"名单{canary('foreign')}"
        foreign.save(force_insert=True)
    return {"own": own, "foreign": foreign}


def _printed_and_posted(
    world: World, person: Enrollment, clerk: User
) -> tuple[PrintOrder, RosterPrint, PublicNotice, Objection]:
    """The roster of the person's village as printed by the clerk, posted, and handed out."""
    where = {"edition": world.edition, "township": person.township, "village": person.village}
    with acting(scope_of(clerk)):
        order, _ = order_print(**where, kind="roster", by=clerk)
        (notice,) = post_notices(**where, first_day=timezone.localdate(), days=7, by=clerk)
        record_handouts(
            edition=world.edition, village=person.village, kind="leaflet", heads=None,
            given_on=timezone.localdate(), given_by="村某干", by=clerk,
        )  # fmt: skip
        beside = Enrollment.objects.exclude(pk=person.pk).filter(village=person.village, edition=world.edition)
        other = beside.exclude(name__startswith="更某").get()
        said = f"邻居{person.name}说的"
        objection = write_down_objection(notice=notice, head=other.pk, reason="dead", note=said, by=clerk)
        return order, order.prints.get(), notice, objection


def _report(mark: str, n: int) -> Any:
    """A guardian is paid, so that payee and reporter carry the canary too."""
    return report_of(
        n=n, payee="guardian", payee_name=f"领某{mark}", payee_relation=f"父{mark}", payee_id_number=id_number(8000 + n // 100),
        payee_bank=f"银行{mark}", reporter_name=f"报某{mark}", facts_hospital=f"医院{mark}", facts_diagnosis=f"病{mark}",
    )  # fmt: skip


def _book(place: str, n: int) -> bytes:
    """One good row and one wrong one."""
    village = villages(PLACES[place])[1].name
    good = (f"郑某{canary(place)}", id_number(n + 1), PLACES[place], village)
    return roster_book(good, (f"王某{canary(place)}", "12345", PLACES[place], f"某村{canary(place)}"))


def _foreign_edition(cast: Cast) -> Edition:
    place, own = cast.stranger.organization.region, read_edition()
    scheme = Scheme.objects.create(code="foreign", name=f"外县保险{canary('foreign')}", place=place)
    return Edition.objects.create(
        code="foreign-2021", scheme=scheme, place=place, title=f"外县{canary('foreign')}", first_day=own.first_day,
        last_day=own.last_day, state=Edition.State.PUBLISHED, document=own.document, sha256=own.sha256,
    )  # fmt: skip


def _census_edition() -> Edition:
    """An edition of our place that goes by entered figures and carries last year's balance over, for two townships."""
    own = read_edition()
    rate = '  rate: {value: "130.00", clause: 三}\n'
    rule = '  figures: census\n  carry_over: {ratio: {value: "80%", clause: 三}}\n'
    document = own.document.replace(rate, rate + rule, 1).replace("\nfacts:\n", f"\n{STATE}facts:\n", 1)
    document = document.replace("\nlimits:\n", f"\nlimits:\n{RAISED}", 1)
    head, coverage, tail = document.partition("\n  illness_death:\n")
    document = head + coverage + tail.replace("    deadlines:", "    limits: [raised]\n    deadlines:", 1)
    edition = Edition.objects.create(
        code="wanzhou-census", scheme=own.scheme, place=own.place, title="按统计人数的方案", first_day=own.first_day,
        last_day=own.last_day, state=Edition.State.PUBLISHED, document=document,
        sha256=hashlib.sha256(document.encode()).hexdigest(),
    )  # fmt: skip
    serving = own.assignments.filter(township__name__in=(OWN, FAR)).order_by("position")
    InsurerAssignment.objects.bulk_create(
        InsurerAssignment(
            edition=edition, township=one.township, insurer=one.insurer, clause=one.clause, position=one.position
        )
        for one in serving
    )
    return edition


def _drafts(cast: Cast) -> dict[str, Edition]:
    own = read_edition()
    found = {}
    for state in ("draft", "checked"):
        code = f"wanzhou-{state}"
        document = own.document.replace("code: wanzhou-2021", f"code: {code}", 1)
        found[state] = store_edition(document=document, name=f"{code}.yaml", by=cast.second_authority)
    found["checked"] = check_edition_draft(edition=found["checked"], by=cast.second_authority)
    return found


def _foreign_drafts(foreign: Edition) -> dict[str, Edition]:
    return {
        state: Edition.objects.create(
            code=f"foreign-{state}", scheme=foreign.scheme, place=foreign.place, title=foreign.title, state=state,
            first_day=foreign.first_day, last_day=foreign.last_day, document=foreign.document, sha256=foreign.sha256,
        )
        for state in ("draft", "checked")
    }  # fmt: skip


def _amendments(world: World) -> None:
    """The first a draft, the second checked."""
    day, by = world.edition.first_day.replace(month=7), world.cast.second_authority
    draft_amendment(edition=world.edition, effective_from=day, reason="限额提高", by=by)
    second = draft_amendment(edition=world.edition, effective_from=day.replace(month=8), reason="限额再提高", by=by)
    check_amendment(amendment=second, by=by)


def _foreign_office(cast: Cast) -> Organization:
    region = Region.objects.filter(parent=cast.stranger.organization.region, level=Region.Level.TOWNSHIP).first()
    office = Organization.objects.create(
        kind=Organization.Kind.TOWNSHIP,
        name=f"外县某镇{canary('foreign')}",
        short_name=f"外镇{canary('foreign')}",
        region=region,
    )
    User.objects.create(
        username="foreign.clerk",
        name=f"外某{canary('foreign')}",
        organization=office,
        role=Role.CLERK,
        password="!",
    )
    return office


def _tokens(cast: Cast) -> dict[str, ApiToken]:
    """One of this county, one of another."""
    region = cast.stranger.organization.region
    office = Organization.objects.create(
        kind=Organization.Kind.AUTHORITY, name="外县某局", short_name="外局", region=region
    )
    own = make_token(
        name="某系统", organization=cast.authority.organization, role=Role.AUTHORITY, days=90, by=cast.administrator
    )
    mark = canary("foreign")
    foreign = make_token(name=f"外{mark}", organization=office, role=Role.AUTHORITY, days=90, by=cast.stranger)
    return {"own": own.token, "foreign": foreign.token}


def sees(actor: str, kind: str) -> set[str]:
    """The placements of a kind of thing that an actor sees. Spelled out, not computed from the code under test."""
    if kind in {
        "draft",
        "checked",
        "amended",
        "person_list",
    }:  # the authority alone drafts, and there is none elsewhere
        return {"own"} if actor == "authority" else set()
    if kind in {"user", "office", "edition", "draft_text", "token", "what_if"}:
        return {"foreign"} if actor == "stranger" else {"own"}
    if kind == "download":  # whoever ordered it
        return {"own"} if actor == "police" else set()
    if kind == "print_order":  # a file with full numbers is for whoever had it printed
        return {"clerk": {"own"}, "near_clerk": {"near"}, "far_clerk": {"far"}}.get(actor, set())
    by_actor = {
        "clerk": {"own"}, "near_clerk": {"near"}, "far_clerk": {"far"},
        "adjuster": {"own", "near"}, "second_adjuster": {"own", "near"}, "approver": {"own", "near"},
        "far_adjuster": {"far"}, "far_approver": {"far"},
        "finance": {"own", "near", "far"}, "authority": {"own", "near", "far"}, "auditor": {"own", "near", "far"},
        "police": {"own", "near", "far"},
    }  # fmt: skip
    return by_actor.get(actor, set())


def leaks(response: HttpResponse, actor: str) -> list[str]:
    """Canaries and secrets in an answer that its reader must not see."""
    text = text_of(response)
    found = [canary(place) for place in PLACES if place not in sees(actor, "claim") and canary(place) in text]
    if actor != "stranger" and canary("foreign") in text:
        found.append(canary("foreign"))
    return found


def text_of(response: HttpResponse) -> str:
    """All that an answer says: its headers and its body, taken out of workbooks and PDFs."""
    body = response.content
    heads = unquote("\n".join(f"{name}: {value}" for name, value in response.headers.items()))
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return heads + "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    if body.startswith(b"%PDF-") and which("pdftotext"):
        return (
            heads + subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True).stdout.decode()
        )
    return heads + body.decode("utf-8", "ignore")


def look() -> Any:
    return system_scope("tests look")

"""The access matrix: every address and method of the portal, and the roles that may. A new address needs its line here.

What stands here is what should hold; nothing is read from orgs/permissions.py, so that a slip there shows.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from enrollment.village_rows import villages_of
from orgs.models import Region, User
from schemes.models import Edition
from tests.access.world import MISSING, PLACES, STORED, World, canary, look
from tests.cast import (
    COUNTY,
    EDITION,
    OWN,
    PASSWORD,
    id_number,
    photo,
    posted,
    report_of,
    roster_book,
    township,
    villages,
)
from tests.lists.making import csv_of, row_of
from tests.steps.climbing import digests_seen, roster_of

C, A, P, F, M, Z, L, S, X = (
    "clerk",
    "adjuster",
    "approver",
    "finance",
    "authority",
    "certifier",
    "police",
    "auditor",
    "administrator",
)
ALL = frozenset({C, A, P, F, M, Z, L, S, X})
ENDORSED = frozenset({C, M, A, F, S})  # who sees endorsements
BUSINESS = frozenset({C, M, A, P, S})  # who sees people and cases
NOBODY: frozenset[str] = frozenset()

Body = Callable[[World, User, str], dict[str, Any]]


@dataclass(frozen=True)
class Cell:
    """One address and method. `of` is the kind of thing that it names; `state` of a claim that the step wants."""

    route: str
    method: str
    roles: frozenset[str]
    of: str = ""
    state: str = "reported"
    args: dict[str, str] = field(default_factory=dict)
    body: Body | None = None
    ok: int = 200
    writes: bool = False  # changes what others see, so it must leave an audit event
    in_body: bool = False  # the thing is named in the body, not in the address

    @property
    def name(self) -> str:
        return " ".join([self.method, self.route, *self.args.values()])


def kwargs_of(cell: Cell, world: World, placement: str) -> dict[str, Any]:
    """The address's arguments for a placement; `missing` names what is not there."""
    if not cell.of or cell.in_body:
        return dict(cell.args)
    name = {"claim": "number", "endorsement": "number"}.get(cell.of, "code" if cell.of in OF_EDITIONS else "pk")
    return {name: _named(cell, world, placement)} | cell.args


def _named(cell: Cell, world: World, placement: str) -> Any:
    if placement == "missing":
        return {"claim": "WZ21-99999", "endorsement": "WZ21-P9999"}.get(
            cell.of, "no-such-edition" if cell.of in OF_EDITIONS else MISSING
        )
    if cell.of in ("draft", "checked"):
        drafts = world.drafts if placement == "own" else world.foreign_drafts
        return drafts[cell.of].code
    if cell.of == "amended":
        return EDITION if placement == "own" else world.foreign_edition.code
    if cell.of == "edition":
        return EDITION if placement == "own" else world.foreign_edition.code
    if cell.of == "census":
        return world.census_edition.code if placement == "own" else world.foreign_edition.code
    if cell.of == "draft_text":
        return world.draft_texts[placement, cell.state].pk
    if cell.of == "person_list":
        return world.person_lists[placement].pk
    if cell.of == "what_if":
        return world.what_ifs[placement].pk
    if cell.of == "user":
        return world.cast.certifier.pk if placement == "own" else world.foreign_office.people.get().pk
    if cell.of == "token":
        return world.tokens[placement].pk
    if cell.of == "office":
        return world.cast.certifier.organization_id if placement == "own" else world.foreign_office.pk
    if cell.of == "download":
        return world.downloads[placement].pk
    corner = world.corners[placement]
    if cell.of == "climb":
        return corner.township.pk
    if cell.of in ("climber", "objection"):
        climbing = corner.climbing[cell.state]
        return (climbing.person if cell.of == "climber" else climbing.objection).pk
    if cell.of == "claim":
        return corner.claims[cell.state].number
    if cell.of == "endorsement":
        return corner.endorsements["agreed" if cell.state == "agreed" else "asked"].number
    if cell.of == "print_order":
        return corner.printed.file_id if cell.route == "print_file" else corner.order.pk
    if cell.of == "village":
        return corner.person.village_id
    return getattr(corner, cell.of).pk


OF_EDITIONS = ("edition", "census", "draft", "checked", "amended")
PLACEMENTS = {
    "": ("any",),
    "draft": ("own", "foreign", "missing"),
    "checked": ("own", "foreign", "missing"),
    "amended": ("own", "foreign", "missing"),
    "edition": ("own", "foreign", "missing"),
    "census": ("own", "foreign", "missing"),
    "user": ("own", "foreign", "missing"),
    "what_if": ("own", "foreign", "missing"),
    "person_list": ("own", "foreign", "missing"),
    "office": ("own", "foreign", "missing"),
    "draft_text": ("own", "foreign", "missing"),
    "token": ("own", "foreign", "missing"),
    "download": ("own", "missing"),
}


def placements_of(cell: Cell) -> tuple[str, ...]:
    return PLACEMENTS.get(cell.of, ("own", "near", "far", "missing"))


# --- what is sent -----------------------------------------------------------------------------------------------
def _sheet(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("名单.xlsx", out.getvalue())


def _new_person(world: World, by: User, _placement: str) -> dict[str, Any]:
    office = world.foreign_office if by.username == "stranger" else world.cast.clerk.organization
    return {"username": "new.person", "name": "新某人", "organization": office.pk, "role": C, "phone": ""}


def _person(world: World, _by: User, placement: str) -> dict[str, Any]:
    user = world.foreign_office.people.get() if placement == "foreign" else world.cast.certifier
    return {
        "name": "改某名",
        "organization": user.organization_id,
        "role": user.role,
        "phone": "",
        "version": user.version,
    }


def _office(world: World, by: User, placement: str) -> dict[str, Any]:
    own = world.foreign_office if placement == "foreign" else world.cast.certifier.organization
    region = own.region_id if placement != "any" else by.organization.region_id
    return {
        "kind": own.kind, "name": f"新机构{placement}", "short_name": "新机构", "region": region, "hotline": "", "active": "on",
        "read_version": own.version,
    }  # fmt: skip


def _new_token(world: World, by: User, _placement: str) -> dict[str, Any]:
    office = world.foreign_office if by.username == "stranger" else world.cast.clerk.organization
    return {"name": "新令牌", "organization": office.pk, "role": C, "days": "90"}


def _people_list(world: World, by: User, _placement: str) -> dict[str, Any]:
    office = world.foreign_office if by.username == "stranger" else world.cast.clerk.organization
    head = ("账号", "姓名", "机构", "角色", "联系电话")
    return {"file": _sheet(head, ("listed.person", "列某人", office.name, "乡镇经办", ""))}


def _upload(_world: World, by: User, _placement: str) -> dict[str, Any]:
    name = next((place for place in PLACES.values() if township(place).pk == by.organization.region_id), PLACES["own"])
    content = roster_book(("何某新", id_number(700), name, villages(name)[0].name))
    return {"township": township(name).pk, "file": SimpleUploadedFile("新名册.xlsx", content)}


def _typed(_world: World, by: User, _placement: str) -> dict[str, Any]:
    """One row of the grid, for the sender's own township or, of a county, our first one."""
    name = next((place for place in PLACES.values() if township(place).pk == by.organization.region_id), PLACES["own"])
    row = {"name-1": "何某录", "id_number-1": id_number(701), "village-1": villages(name)[0].name}
    return row | {"rows": "10", "township": township(name).pk, "next": "yes"}


def _edited(world: World, _by: User, placement: str) -> dict[str, Any]:
    person = world.corners[placement].newcomer if placement in world.corners else world.corners["own"].newcomer
    return {"name": person.name, "village": person.village.name, "group": "改某组", "version": person.version}


def _right_number(world: World, _by: User, placement: str) -> dict[str, Any]:
    person = world.corners[placement].newcomer if placement in world.corners else world.corners["own"].newcomer
    number = id_number(702 + len(placement))
    return {"number": number, "reason": "typing", "proof": "户口簿", "version": person.version}


def _new_list(_world: World, _by: User, _placement: str) -> dict[str, Any]:
    file = SimpleUploadedFile("名单.csv", csv_of(row_of(700)))
    return {"kind": "dead", "title": "某名单", "as_of": "2021-06-30", "source": "某局", "file": file}


def _own_village(by: User) -> Region:
    """The second of the person's township, which has no recognition and no keeper; of OWN for the others."""
    own = by.organization.region
    return villages(own.name if own.level == Region.Level.TOWNSHIP and own.parent.code == COUNTY else OWN)[1]


def _figures(_world: World, by: User, _placement: str) -> dict[str, Any]:
    place = township(OWN) if by.role == M else _own_village(by)
    return {"source": "某统计", "as_of": "2020-12-31", f"population_{place.pk}": "88"}


def _recognised(_world: World, _by: User, _placement: str) -> dict[str, Any]:
    return {"village": villages(OWN)[0].pk, "on": "2021-09-01"}


def _new_keeper(_world: World, by: User, _placement: str) -> dict[str, Any]:
    return {"village": _own_village(by).pk, "kind": "village", "name": "新某干", "phone": "10000000004"}


def _claim_form(_world: World, _by: User, _placement: str) -> dict[str, Any]:
    return posted(report_of("accident_medical"))


def _correction(world: World, _by: User, placement: str) -> dict[str, Any]:
    claim = world.corners[placement].claims["returned"] if placement in world.corners else None
    return posted(report_of()) | {"version": claim.version if claim else 1}


def _step(state: str) -> Body:
    def body(world: World, _by: User, placement: str) -> dict[str, Any]:
        claim = world.corners[placement].claims[state] if placement in world.corners else None
        paid = {"paid_on": f"{timezone.localdate()}", "reference": "某流水0009"}
        return {"version": claim.version if claim else 1, "opinion": "某个意见"} | paid

    return body


def _place(**fields: Any) -> Body:
    """A form that names a village in its body."""

    def body(world: World, _by: User, placement: str) -> dict[str, Any]:
        corner = world.corners.get(placement)
        return {"place": corner.person.village_id if corner else MISSING} | fields

    return body


def _of_notice(world: World, _by: User, placement: str) -> dict[str, Any]:
    corner = world.corners.get(placement)
    return {"version": corner.notice.version if corner else 1, "text": "某个原因"}


def _objecting(world: World, _by: User, placement: str) -> dict[str, Any]:
    corner = world.corners.get(placement)
    return {"person": corner.person.pk if corner else MISSING, "reason": "dead", "note": "某邻居说"}


def _answering(world: World, _by: User, placement: str) -> dict[str, Any]:
    corner = world.corners.get(placement)
    return {"objection": corner.villagers.pk if corner else MISSING, "text": "某个理由"}


def _ticked(world: World, _by: User, placement: str) -> dict[str, Any]:
    """The one household of the village; what is recorded is a paper that it has not been given yet."""
    corner = world.corners.get(placement)
    head = corner.person.pk if corner else MISSING
    return {"kind": "insurers", "head": head, "given_by": "村某干", "given_on": ""}


def _untick(world: World, _by: User, placement: str) -> dict[str, Any]:
    corner = world.corners.get(placement)
    return {"kind": "leaflet", "head": corner.person.pk if corner else MISSING}


def _sent(**fields: Any) -> Body:
    return lambda _world, _by, _placement: dict(fields)


def _edition_code(world: World, _by: User, placement: str) -> dict[str, Any]:
    return {"code": {"own": EDITION, "foreign": world.foreign_edition.code}.get(placement, "no-such-edition")}


def _census(world: World, _by: User, _placement: str) -> dict[str, Any]:
    """The grid as the page sends it."""
    regions = world.census_edition.assignments.values_list("township_id", flat=True)
    return {f"{key}_{pk}": "3" for pk in regions for key in ("persons", "households")} | {"source": "某统计"}


def _publishing(of: str, title: str = "") -> Body:
    """What the second person sends: the edition's name and the version that was read."""

    def body(world: World, _by: User, placement: str) -> dict[str, Any]:
        if of == "amendment":
            return {"title": world.edition.title, "version": 2}
        draft = (world.drafts if placement == "own" else world.foreign_drafts)[of]
        return {"title": title or draft.title, "version": draft.version}

    return body


DECIDED = {
    "state_declared": "yes",
    "document_number": "某发〔2021〕1号",
    "decided_on": "2021-07-20",
    "reason": "某次洪涝",
}


def _discarding(world: World, _by: User, _placement: str) -> dict[str, Any]:
    return {"title": f"{world.edition.title} 第1次修订", "version": 1}


AMENDING = {"effective_from": "2021-09-01", "reason": "限额提高"}


def _paper(_world: World, _by: User, _placement: str) -> dict[str, Any]:
    return {"kind": "expense_list", "file": SimpleUploadedFile("照片.jpg", photo())}


REMOVED = {"effective_on": "2021-12-30", "reason": "moved", "reason_text": "", "proof": "户口迁移证"}


def _ticked_off(**more: str) -> Body:
    """People ticked on the roster; those of another place are none of theirs."""

    def body(world: World, _by: User, placement: str) -> dict[str, Any]:
        person = world.corners[placement].person.pk if placement in world.corners else MISSING
        return {"person": [person], **REMOVED, **more}

    return body


def _corrected(_world: World, _by: User, placement: str) -> dict[str, Any]:
    village = villages(PLACES.get(placement, PLACES["own"]))[1].pk
    return REMOVED | {"reason": "miswritten", "name": "改某名", "village": village}


def _addition(_world: World, by: User, _placement: str) -> dict[str, Any]:
    name = next((place for place in PLACES.values() if township(place).pk == by.organization.region_id), PLACES["own"])
    person = {
        "name": "何某增",
        "id_number": id_number(701),
        "village": villages(name)[0].pk,
        "township": township(name).pk,
    }
    return REMOVED | {"reason": "omitted"} | person


def _decided(**more: str) -> Body:
    def body(world: World, _by: User, placement: str) -> dict[str, Any]:
        one = world.corners[placement].endorsements["asked"] if placement in world.corners else None
        return {"version": one.version if one else 1, "fen": str(one.premium_fen) if one else "0", **more}

    return body


COPY = {
    "code": "draft-9", "title": "又一年", "short_title": "又一年", "number_prefix": "WZ99", "first": "2022-01-01", "last": "2022-12-31",
    "notice_title": "某通知", "notice_number": "某号", "issued_on": "2022-02-01", "issuer": "某办",
}  # fmt: skip


def _draft(**fields: Any) -> Body:
    """A form of a draft; `{name}` in a value stands for what the draft has."""

    def body(world: World, _by: User, placement: str) -> dict[str, Any]:
        draft = world.draft_texts.get((placement, "passing")) or world.draft_texts["own", "passing"]
        return {"version": draft.version} | {key: text.format(draft=draft) for key, text in fields.items()}

    return body


def _climbing(state: str) -> Body:
    """What the page of a township sends with a step: the version and digest that were read."""

    def body(world: World, by: User, placement: str) -> dict[str, Any]:
        if placement not in world.corners:
            return {"version": 0}
        edition, place = Edition.objects.get(code=f"wanzhou-{state}"), PLACES[placement]
        with look():
            seen = {f"{pk}:{digest}" for pk, digest in digests_seen(edition, place, world.clerk_of(placement)).items()}
            digest = villages_of(edition, township(place), world.clerk_of(placement)).digest
        version = roster_of(edition, place).version
        return {"version": version, "digest": digest, "confirmed": "yes", "opinion": "某个原因", "village": seen}

    return body


def _results(world: World, _by: User, placement: str) -> dict[str, Any]:
    person = world.corners[placement].climbing["underwrite"].person.pk if placement in world.corners else 0
    return {"file": _sheet(("人员编号", "承保结果", "不承保原因"), (str(person), "不承保", "某因"))}


LAYOUT = {
    "version": "0",
    "sex": "words",
    "dates": "dashes",
    "place_id_number": "1",
    "title_id_number": "证件号码",
    "save": "yes",
}
STEPS = (  # action, state before, roles, whether each of them may then
    ("submit", "drafting", {C}, True), ("register", "police", {L}, False), ("collate", "collate", {M}, True),
    ("underwrite", "underwrite", {A}, True), ("send_back", "police", {L, M, A}, False),
)  # fmt: skip
OBJECTING = (("explain", {C}), ("remove", {C}), ("accept", {L}), ("insist", {L}), ("withdraw", {L}))


def _undo(world: World, _by: User, placement: str) -> dict[str, Any]:
    return {"name": world.corners[placement].done.file_name if placement in world.corners else "没有这一批"}


def _decision(world: World, _by: User, placement: str) -> dict[str, Any]:
    version = world.corners[placement].conflict.version if placement in world.corners else 1
    return {"decision": "rename", "reason": "户口簿已更名", "version": version}


PASSWORDS = {"current": PASSWORD, "new": "换一句好记的密码2022", "again": "换一句好记的密码2022"}
ACTIONS = (  # action, state before, roles
    ("accept", "reported", {A}), ("adjust", "accepted", {A}), ("submit", "adjusted", {A}),
    ("approve", "in_approval", {P}), ("rework", "in_approval", {P}), ("revoke", "approved", {P}), ("pay", "approved", {A}), ("close", "paid", {A}),
    ("return", "reported", {A, P}), ("deny", "accepted", {A, P}), ("withdraw", "reported", {C}),
)  # fmt: skip

# --- the matrix -------------------------------------------------------------------------------------------------
PUBLIC = ("login", "healthz", "setup")  # answered without login; tests/security tells what they answer
MATRIX: tuple[Cell, ...] = (
    Cell("logout", "POST", ALL, ok=302),
    Cell("password_change", "GET", ALL),
    Cell("password_change", "POST", ALL, body=_sent(**PASSWORDS), ok=302, writes=True),
    Cell("people", "GET", frozenset({X})),
    Cell("person_new", "GET", frozenset({X})),
    Cell("person_new", "POST", frozenset({X}), body=_new_person, writes=True),
    Cell("person", "GET", frozenset({X}), of="user"),
    Cell("person", "POST", frozenset({X}), of="user", body=_person, ok=302, writes=True),
    Cell("person_reset", "POST", frozenset({X}), of="user", writes=True),
    Cell("person_switch", "POST", frozenset({X}), of="user", body=_sent(active="no"), ok=302, writes=True),
    Cell("list_export", "GET", frozenset({X}), args={"kind": "people"}),
    Cell("list_export", "GET", frozenset({X}), args={"kind": "organizations"}),
    Cell("list_export", "GET", frozenset({X}), args={"kind": "region-names"}),
    Cell("list_export", "GET", frozenset({X}), args={"kind": "regions"}),
    Cell("list_import", "GET", frozenset({X}), args={"kind": "regions"}),
    Cell("list_export", "GET", frozenset({X}), args={"kind": "disability-items"}),
    Cell("list_export", "GET", NOBODY, args={"kind": "no-such-list"}),
    Cell("list_import", "GET", frozenset({X}), args={"kind": "people"}),
    Cell("list_import", "POST", frozenset({X}), args={"kind": "people"}, body=_people_list, writes=True),
    Cell("list_import", "POST", NOBODY, args={"kind": "no-such-list"}, body=_people_list),
    Cell("organizations", "GET", frozenset({X})),
    Cell("organization_new", "GET", frozenset({X})),
    Cell("organization_new", "POST", frozenset({X}), body=_office, ok=302, writes=True),
    Cell("organization", "GET", frozenset({X}), of="office"),
    Cell("organization", "POST", frozenset({X}), of="office", body=_office, ok=302, writes=True),
    Cell("regions", "GET", frozenset({X})),
    Cell("tokens", "GET", frozenset({X})),
    Cell("token_new", "GET", frozenset({X})),
    Cell("token_new", "POST", frozenset({X}), body=_new_token, writes=True),
    Cell("token_revoke", "POST", frozenset({X}), of="token", ok=302, writes=True),
    Cell("audit", "GET", frozenset({S})),
    Cell("jobs", "GET", ALL),
    Cell("editions", "GET", ALL),
    Cell("edition_schema", "GET", ALL),
    Cell("edition", "GET", ALL, of="edition"),
    Cell("edition_try", "GET", BUSINESS, of="edition"),
    Cell("disability_items", "GET", ALL),
    Cell("disability_options", "GET", ALL),
    Cell("disability_grade", "GET", ALL),
    Cell("edition", "GET", frozenset({M}), of="draft"),
    Cell("edition_check", "POST", frozenset({M}), of="draft", body=_publishing("draft"), ok=302, writes=True),
    Cell("edition_publish", "POST", frozenset({M}), of="checked", body=_publishing("checked"), ok=302, writes=True),
    Cell("edition_amend", "POST", frozenset({M}), of="amended", body=_sent(**AMENDING), ok=302, writes=True),
    Cell("amendment", "GET", frozenset({M}), of="amended", args={"number": "1"}),
    Cell("amendment", "GET", NOBODY, of="amended", args={"number": "99"}),
    Cell("amendment_describe", "POST", frozenset({M}), of="amended", args={"number": "1"},
         body=_sent(**AMENDING, version=1), ok=302, writes=True),
    Cell("amendment_check", "POST", frozenset({M}), of="amended", args={"number": "1"}, body=_sent(version=1), ok=302, writes=True),
    Cell("amendment_publish", "POST", frozenset({M}), of="amended", args={"number": "2"},
         body=_publishing("amendment"), ok=302, writes=True),
    Cell("edition_state", "POST", frozenset({M}), of="census", args={"state": "declared"}, body=_sent(**DECIDED), ok=302, writes=True),
    Cell("edition_state", "POST", NOBODY, of="census", args={"state": "premium_total"}, body=_sent(**DECIDED)),
    Cell("edition_discard", "POST", frozenset({M}), of="draft", body=_publishing("draft"), ok=302, writes=True),
    Cell("amendment_edit", "POST", frozenset({M}), of="amended", args={"number": "1"}, ok=302, writes=True),
    Cell("amendment_discard", "POST", frozenset({M}), of="amended", args={"number": "1"},
         body=_discarding, ok=302, writes=True),
    Cell("amendment_compare", "GET", frozenset({M}), of="amended", args={"number": "1"}),
    Cell("amendment_compare", "GET", NOBODY, of="amended", args={"number": "99"}),
    Cell("amendment_compare_pdf", "GET", frozenset({M}), of="amended", args={"number": "1"}),
    Cell("edition_choose", "POST", ALL, of="edition", in_body=True, body=_edition_code, ok=302),
    Cell("edition_compare", "GET", ALL, of="edition"),
    Cell("edition_compare_pdf", "GET", ALL, of="edition"),
    Cell("drafts", "GET", frozenset({M})),
    Cell("draft_new", "GET", frozenset({M})),
    Cell("draft_new", "POST", frozenset({M}), body=_sent(text="edition:\n  code: draft-8\n"), ok=302, writes=True),
    Cell("draft_copy", "GET", frozenset({M}), of="edition"),
    Cell("draft_copy", "POST", frozenset({M}), of="edition", body=_sent(**COPY), ok=302, writes=True),
    Cell("draft_reopen", "POST", frozenset({M}), args={"code": STORED}, ok=302, writes=True),
    Cell("draft_reopen", "POST", NOBODY, args={"code": EDITION}),
    Cell("draft", "GET", frozenset({M}), of="draft_text", state="passing"),
    Cell("draft", "POST", frozenset({M}), "draft_text", "passing", {}, _draft(**{"v:edition.title": "新名"}), 302, writes=True),
    Cell("draft_insurers", "GET", frozenset({M}), of="draft_text", state="passing"),
    Cell("draft_insurers", "POST", frozenset({M}), "draft_text", "passing", {}, _draft(hotline_1="95500"), 302, writes=True),
    Cell("draft_examples", "GET", frozenset({M}), of="draft_text", state="misfit"),
    Cell("draft_examples", "POST", frozenset({M}), "draft_text", "misfit", {}, _draft(accept="15"), 302, writes=True),
    Cell("draft_text", "GET", frozenset({M}), of="draft_text", state="passing"),
    Cell("draft_text", "POST", frozenset({M}), "draft_text", "passing", {}, _draft(document="{draft.document}# 注"), 302, writes=True),
    Cell("draft_store", "POST", frozenset({M}), "draft_text", "passing", {}, _draft(), 302, writes=True),
    Cell("draft_drop", "POST", frozenset({M}), "draft_text", "passing", {}, _draft(name="{draft.title}"), 302, writes=True),
    Cell("draft_compare", "GET", frozenset({M}), of="draft_text", state="passing"),
    Cell("draft_compare_pdf", "GET", frozenset({M}), of="draft_text", state="passing", ok=302),
    Cell("roster", "GET", BUSINESS),
    Cell("roster_search", "POST", BUSINESS, body=_sent(q="谭某"), ok=302),
    Cell("roster_person", "GET", BUSINESS, of="person"),
    Cell("roster_household", "GET", BUSINESS, of="person"),
    Cell("roster_reveal", "POST", frozenset({C, A, P}), of="person", body=_sent(field="id_number", reason="核对"), writes=True),
    Cell("roster_edit", "GET", frozenset({C, M}), of="person"),
    Cell("roster_edit", "POST", frozenset({C, M}), of="newcomer", body=_edited, ok=302, writes=True),
    Cell("roster_correct_id", "GET", frozenset({C, M}), of="person"),
    Cell("roster_correct_id", "POST", frozenset({C, M}), of="newcomer", body=_right_number, ok=302, writes=True),
    Cell("roster_enter", "GET", frozenset({C, M})),
    Cell("roster_enter", "POST", frozenset({C, M}), body=_typed, ok=302, writes=True),
    Cell("roster_upload", "GET", frozenset({C, M})),
    Cell("roster_upload", "POST", frozenset({C, M}), body=_upload, ok=302, writes=True),
    Cell("roster_template", "GET", frozenset({C, M})),
    Cell("roster_batch", "GET", frozenset({C, M}), of="batch"),
    Cell("roster_batch_status", "GET", frozenset({C, M}), of="batch"),
    Cell("roster_confirm", "POST", frozenset({C, M}), of="batch", body=_sent(only_valid="yes"), ok=302, writes=True),
    Cell("roster_discard", "POST", frozenset({C, M}), of="batch", ok=302, writes=True),
    Cell("roster_progress", "GET", frozenset({C, L, M, A, S})),
    Cell("roster_township", "GET", frozenset({C, L, M, A, S}), of="climb", args={"code": "wanzhou-police"}),
    Cell("roster_sign_off", "POST", frozenset({C}), "climb", "", {"code": "wanzhou-drafting"}, _climbing("drafting"), 302, writes=True),
    Cell("roster_hand_in", "POST", frozenset({C}), "climb", "", {"code": "wanzhou-drafting"}, _climbing("drafting"), 302),
    *(
        Cell("roster_step", "POST", frozenset(roles), "climb", "", {"code": f"wanzhou-{state}", "action": action}, _climbing(state), 302, writes=writes)
        for action, state, roles, writes in STEPS
    ),
    Cell("roster_step", "POST", NOBODY, of="climb", args={"code": "wanzhou-police", "action": "no-such-step"}),
    Cell("roster_collate_all", "POST", frozenset({M}), args={"code": "wanzhou-collate"}, ok=302, writes=True),
    Cell("roster_people", "GET", frozenset({L, A}), of="climb", args={"code": "wanzhou-police"}),
    Cell("roster_object", "POST", frozenset({L, A}), of="climber", state="police", body=_sent(reason="dead"), ok=302),
    *(
        Cell("roster_objection", "POST", frozenset(roles), "objection", "police", {"action": action}, _sent(answer="某个说明"), 302,
             writes=action in ("explain", "withdraw"))
        for action, roles in OBJECTING
    ),
    Cell("roster_objection", "POST", NOBODY, of="objection", state="police", args={"action": "no-such-word"}),
    Cell("roster_download", "POST", frozenset({L, A}), of="climb", args={"code": "wanzhou-underwrite"}, writes=True),
    Cell("roster_download_all", "POST", frozenset({A}), args={"code": "wanzhou-underwrite"}, writes=True),
    Cell("roster_download_file", "GET", frozenset({L, A}), of="download"),
    Cell("roster_results", "POST", frozenset({A}), of="climb", args={"code": "wanzhou-underwrite"}, body=_results, ok=302, writes=True),
    Cell("insurer_layout", "GET", frozenset({A})),
    Cell("insurer_layout", "POST", frozenset({A}), body=_sent(**LAYOUT), ok=302, writes=True),
    Cell("endorsements", "GET", ENDORSED),
    Cell("endorsement_search", "POST", ENDORSED, body=_sent(q="谭某"), ok=302),
    Cell("endorsement", "GET", ENDORSED, of="endorsement"),
    Cell("endorsement", "GET", ENDORSED, of="endorsement", state="agreed"),
    Cell("endorsement_slip", "GET", ENDORSED - {F}, of="endorsement", state="agreed"),
    Cell("endorsement_slip", "GET", NOBODY, of="endorsement"),
    Cell("endorsement_add", "GET", frozenset({C, M})),
    Cell("endorsement_add", "POST", frozenset({C, M}), body=_addition, ok=302, writes=True),
    Cell("endorsement_remove", "GET", frozenset({C, M}), of="person"),
    Cell("endorsement_remove", "POST", frozenset({C, M}), of="person", body=_sent(**REMOVED), ok=302, writes=True),
    Cell("endorsement_remove_several", "POST", frozenset({C, M}), of="person", in_body=True, body=_ticked_off()),
    Cell("endorsement_remove_several", "POST", frozenset({C, M}), of="person", in_body=True, body=_ticked_off(confirm="yes"), ok=302,
         writes=True),
    Cell("endorsement_correct", "GET", frozenset({C, M}), of="person"),
    Cell("endorsement_correct", "POST", frozenset({C, M}), of="person", body=_corrected, ok=302, writes=True),
    Cell("endorsement_decide", "POST", frozenset({A}), of="endorsement", body=_decided(agree="yes"), ok=302, writes=True),
    Cell("endorsement_decide", "POST", frozenset({A}), of="endorsement", body=_decided(opinion="依据不齐"), ok=302, writes=True),
    Cell("endorsement_withdraw", "POST", frozenset({C, M}), of="endorsement", body=_decided(), ok=302, writes=True),
    Cell("roster_errors", "GET", frozenset({C, M}), of="batch", args={"number": 1}),
    Cell("prints", "GET", BUSINESS),
    Cell("print_paper", "POST", frozenset({C, M}), "village", "", {"kind": "roster"}, _place(), 302, writes=True, in_body=True),
    Cell("print_paper", "POST", frozenset({C, M, A}), "village", "", {"kind": "slips"}, _place(), 302, writes=True, in_body=True),
    Cell("print_paper", "POST", frozenset({C, M, A}), "village", "", {"kind": "general"}, _place(), 302, writes=True, in_body=True),
    Cell("print_paper", "POST", frozenset({C}), "village", "", {"kind": "notice"}, _place(), 302, writes=True, in_body=True),
    Cell("print_paper", "POST", NOBODY, args={"kind": "no-such-paper"}, body=_place()),
    Cell("print_order", "GET", frozenset({C}), of="print_order"),
    Cell("print_order_status", "GET", frozenset({C}), of="print_order"),
    Cell("print_file", "GET", frozenset({C}), of="print_order"),
    Cell("check_code", "GET", BUSINESS | {L}),
    Cell("check_code", "POST", BUSINESS | {L}, body=_sent(code="0000-0000")),
    Cell("notices_post", "POST", frozenset({C}), "village", "", {}, _place(days="7"), 302, writes=True, in_body=True),
    Cell("notice", "GET", BUSINESS, of="notice"),
    Cell("notice_act", "POST", frozenset({C}), "notice", "", {"action": "withdraw"}, _of_notice, 302, writes=True),
    Cell("notice_objection", "POST", frozenset({C}), of="notice", body=_objecting, ok=302, writes=True),
    Cell("notice_answer", "POST", frozenset({C}), of="notice", body=_answering, ok=302, writes=True),
    Cell("notice_act", "POST", NOBODY, of="notice", args={"action": "no-such-act"}, body=_of_notice),
    Cell("handouts", "GET", BUSINESS, of="village"),
    Cell("handouts_record", "POST", frozenset({C, A}), of="village", body=_ticked, ok=302, writes=True),
    Cell("handout_take_back", "POST", frozenset({C, A}), of="village", body=_untick, ok=302, writes=True),
    Cell("roster_carry", "POST", frozenset({C, M}), ok=302),
    Cell("roster_undo", "GET", frozenset({C, M}), of="done"),
    Cell("roster_undo", "POST", frozenset({C, M}), of="done", body=_undo, ok=302, writes=True),
    Cell("roster_conflicts", "GET", frozenset({M})),
    Cell("roster_conflict", "GET", frozenset({M}), of="conflict"),
    Cell("roster_decide", "POST", frozenset({M}), of="conflict", body=_decision, ok=302, writes=True),
    Cell("person_lists", "GET", frozenset({M})),
    Cell("person_lists", "POST", frozenset({M}), body=_new_list, ok=302, writes=True),
    Cell("list_template", "GET", frozenset({M})),
    Cell("listed_enrolled", "GET", frozenset({M})),
    Cell("listed_enrolled_xlsx", "GET", frozenset({M})),
    Cell("person_list", "GET", frozenset({M}), of="person_list"),
    Cell("person_list_status", "GET", frozenset({M}), of="person_list"),
    Cell("person_list_withdraw", "POST", frozenset({M}), of="person_list", body=_sent(reason="传错了"), ok=302, writes=True),
    Cell("person_list_errors", "GET", frozenset({M}), of="person_list"),
    Cell("progress", "GET", BUSINESS | {F}),
    Cell("progress_part", "GET", BUSINESS | {F}),
    Cell("progress_xlsx", "GET", BUSINESS | {F}),
    Cell("village_recognise", "POST", frozenset({M}), body=_recognised, ok=302, writes=True),
    Cell("region_figures", "GET", frozenset({C, M})),
    Cell("region_figures", "POST", frozenset({C, M}), body=_figures, ok=302, writes=True),
    Cell("keepers", "GET", frozenset({C})),
    Cell("keepers", "POST", frozenset({C}), body=_new_keeper, ok=302, writes=True),
    Cell("keeper_end", "POST", frozenset({C}), of="keeper", ok=302, writes=True),
    Cell("unenrolled", "GET", frozenset({C, M})),
    Cell("unenrolled_xlsx", "GET", frozenset({C, M})),
    Cell("unenrolled_mark", "POST", frozenset({C}), of="listed", body=_sent(reason="away"), ok=302, writes=True),
    Cell("premiums", "GET", frozenset({F, M, S}), ok=302),
    Cell("allocation", "GET", frozenset({F, M, S}), of="edition"),
    Cell("allocation_xlsx", "GET", frozenset({F}), of="edition"),
    Cell("allocation_pdf", "GET", frozenset({F}), of="edition"),
    Cell("issue_bills", "POST", frozenset({F}), of="edition", ok=302, writes=True),
    Cell("census", "GET", frozenset({F, M}), of="census"),
    Cell("census", "POST", frozenset({F, M}), of="census", body=_census, ok=302, writes=True),
    Cell("census_template", "GET", frozenset({F, M}), of="census"),
    Cell("brought_forward", "GET", frozenset({F, M}), of="census"),
    Cell("brought_forward", "POST", frozenset({F, M}), of="census", body=_sent(amount="8.00", source="决算"), ok=302, writes=True),
    Cell("claim_list", "GET", BUSINESS),
    Cell("claim_search", "POST", BUSINESS, body=_sent(q="谭某"), ok=302),
    Cell("claim_find_person", "GET", frozenset({C, A})),
    Cell("claim_find_person", "POST", frozenset({C, A}), body=_sent(q="谭某")),
    Cell("claim_report", "GET", frozenset({C, A}), of="person"),
    Cell("claim_report", "POST", frozenset({C, A}), of="person", body=_claim_form, ok=302, writes=True),
    Cell("claim_trial", "POST", frozenset({C, A}), of="person", body=_claim_form),
    Cell("claim_papers_notice", "GET", frozenset({C, A}), args={"code": "illness_death"}),
    Cell("claim_papers_notice", "GET", NOBODY, args={"code": "no-such-coverage"}),
    Cell("claim_page", "GET", BUSINESS, of="claim"),
    Cell("claim_correct", "GET", frozenset({C, A}), of="claim", state="returned"),
    Cell("claim_correct", "POST", frozenset({C, A}), of="claim", state="returned", body=_correction, ok=302, writes=True),
    *(
        Cell("claim_act", "POST", frozenset(roles), "claim", state, {"action": action}, _step(state), 302, writes=True)
        for action, state, roles in ACTIONS
    ),
    Cell("claim_act", "POST", NOBODY, of="claim", args={"action": "no-such-step"}, body=_step("reported")),
    Cell("paper_add", "POST", frozenset({C, A}), of="claim", body=_paper, ok=302, writes=True),
    Cell("claim_statement", "GET", BUSINESS, of="claim", state="adjusted"),
    Cell("claim_reveal", "POST", frozenset({C, A, P}), of="claim", body=_sent(field="id_number", reason="核对"), writes=True),
    Cell("paper", "GET", BUSINESS, of="paper"),
    Cell("paper_drop", "POST", frozenset({C, A}), of="paper", ok=302, writes=True),
    Cell("workbench", "GET", ALL),
    Cell("find", "POST", ALL, body=_sent(q="谭某"), ok=302),
    Cell("help", "GET", ALL),
    Cell("what_ifs", "GET", frozenset({M})),
    Cell("what_if_new", "POST", frozenset({M}), body=_sent(proposed=EDITION, past=EDITION), ok=302, writes=True),
    Cell("what_if_new", "POST", frozenset({M}), body=_sent(proposed=f"{EDITION}~1", past=EDITION), args={}, ok=302, writes=True),
    Cell("what_if", "GET", frozenset({M}), of="what_if"),
    Cell("what_if_status", "GET", frozenset({M}), of="what_if"),
    Cell("what_if_xlsx", "GET", frozenset({M}), of="what_if"),
)  # fmt: skip

# answers 200 to nobody's first look, with a reason
ONLY_AT_FIRST = {"setup": "only while there is nobody; tests/security/test_first_run.py"}

__all__ = ["MATRIX", "ONLY_AT_FIRST", "PUBLIC", "Cell", "canary", "kwargs_of", "placements_of"]

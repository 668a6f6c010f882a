"""From the document to the insurers, their pool, and how risk is shared with others."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from schemes.terms.bands import EDGES, note_gaps, read_bounds
from schemes.terms.figures import Bounds, Figure
from schemes.terms.model import Insurer
from schemes.terms.nodes import Cursor, Section
from schemes.terms.numbers import per_cent
from schemes.terms.premiums import Handling, Member, Pool, RiskLayer, RiskSharing, WorkingFund

WAYS = ("lead_insurer_alone", "inform_coinsurers", "joint_meeting")


def read_insurers(cursor: Cursor) -> tuple[Insurer, ...]:
    insurers = []
    for item in cursor.items():
        one = item.section(("name", "short_name", "hotline", "townships", "clause"), ("interpretation",))
        texts = (one.text("name"), one.text("short_name"), one.text("hotline"))
        townships, everywhere = _townships(one)
        clause, reading = one.clause(), one.interpretation()
        insurers.append(Insurer(*texts, townships, clause, everywhere, reading))
    if sum(insurer.everywhere for insurer in insurers) and len(insurers) > 1:
        cursor.problem("一家写了 townships: all，另外还有别家", "全境只有一家时写 all", "请逐家列出乡镇；共保体写 pool")
    return tuple(insurers)


def _townships(one: Section) -> tuple[tuple[str, ...], bool]:
    """A list of names, or the word `all`."""
    place = one.get("townships")
    if place is None or place.is_list():
        return one.texts("townships"), False
    return (), bool(place.one_of(("all",), "已有的写法"))


def read_pool(section: Section, insurers: Sequence[Insurer]) -> Pool | None:
    if "pool" not in section:
        return None
    one = section["pool"].section(("clause", "members"), ("handling", "vote_above", "working_fund", "interpretation"))
    clause = one.clause()
    one.interpretation()
    members = tuple(_member(item) for item in one.items("members"))
    _note_members(one, members, insurers)
    return Pool(
        members=members,
        handling=_handling(one),
        vote_above=one.optional_figure("vote_above", "ratio"),
        working_fund=_working_fund(one["working_fund"]) if "working_fund" in one else None,
        clause=clause,
    )


def _member(cursor: Cursor) -> Member:
    one = cursor.section(("code", "name", "short_name", "share"), ("hotline",))
    code, name, short_name, hotline = (one.text(key) for key in ("code", "name", "short_name", "hotline"))
    return Member(code, name, short_name, hotline, one.figure("share", "ratio"))


def _note_members(one: Section, members: Sequence[Member], insurers: Sequence[Insurer]) -> None:
    if "members" not in one or not members:
        return
    place = one["members"]
    whole = sum((member.share.value for member in members), Decimal(0))
    if whole != 1:
        place.problem(f"承保份额相加是 {per_cent(whole)}", "正好 100%", "请核对各家份额")
    codes = [member.code for member in members]
    if len(set(codes)) != len(codes):
        place.problem("有两家的 code 相同", "各不相同", "请改正")
    if insurers and insurers[0].name != members[0].name:
        place.problem(f"首席承保人「{members[0].name}」不是 insurers 里的「{insurers[0].name}」", "是同一家", "请核对")


def _handling(one: Section) -> tuple[Handling, ...]:
    found, places = [], []
    for item in one.items("handling"):
        row = item.section(("way", "clause"), (*EDGES, "interpretation"))
        bounds, text = read_bounds(row, "money")
        way = row.one_of("way", WAYS, "已有的处理方式")
        found.append(Handling(bounds, text, way, row.clause(), row.interpretation()))
        places.append((item, bounds))
    note_gaps(places, "money", open_ended=False)
    return tuple(found)


def _working_fund(cursor: Cursor) -> WorkingFund:
    one = cursor.section(("ratio",), ("uses", "interpretation"))
    one.interpretation()
    return WorkingFund(one.figure("ratio", "ratio"), one.texts("uses"))


def read_risk_sharing(section: Section) -> RiskSharing | None:
    if "risk_sharing" not in section:
        return None
    one = section["risk_sharing"].section(("clause", "parties", "layers"), ("interpretation",))
    one.interpretation()
    parties = one["parties"].labels() if "parties" in one else {}
    clause = one.clause()
    layers, places = [], []
    for item in one.items("layers"):
        layer, bounds = _layer(item, parties, clause)
        layers.append(layer)
        places.append((item, bounds))
    note_gaps(places, "number", open_ended=False)
    return RiskSharing(parties, tuple(layers), clause)


def _layer(cursor: Cursor, parties: Mapping[str, str], clause: str) -> tuple[RiskLayer, Bounds]:
    """Edges in per cent of the premium."""
    one = cursor.section(("shares",), (*EDGES, "clause"))
    edges = {name: one[name].number("factor") for name in EDGES if name in one}
    bounds = Bounds(**{name: edge[0] for name, edge in edges.items()})
    text = "、".join(_WORDS[name].format(edge[1]) for name, edge in edges.items())
    shares: dict[str, Figure] = {}
    for code, place in one.entries("shares"):
        if code not in parties:
            place.problem(f"「{code}」不是已声明的分担方", f"是 {'、'.join(parties)} 之一", "请改正")
        value, printed = place.number("ratio")
        shares[code] = Figure(value, printed, one.clause() or clause)
    whole = sum((share.value for share in shares.values()), Decimal(0))
    if shares and whole != 1:
        one["shares"].problem(f"各方比例相加是 {per_cent(whole)}", "正好 100%", "请核对各方比例")
    return RiskLayer(bounds, text, shares, one.clause() or clause), bounds


_WORDS: Mapping[str, str] = {
    "at_least": "不低于保费的 {}",
    "above": "超过保费的 {}",
    "at_most": "不超过保费的 {}",
    "below": "低于保费的 {}",
}

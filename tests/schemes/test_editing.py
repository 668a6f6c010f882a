"""Values put into documents where they stand: only they change, and they read back as what was put in."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemes.terms.assigning import InsurerEntry, insurers_in, left_out_in, reassigned
from schemes.terms.check import check_document
from schemes.terms.editing import (
    CopyTo,
    EditRefused,
    NotReadable,
    copied,
    deleted,
    replaced,
    requoted,
    settled,
    tidied,
    with_outcomes,
    written,
)
from schemes.terms.fields import parts_of, subjects_of
from schemes.terms.loader import load_document
from schemes.terms.outline import Outline, outline

EDITIONS = sorted((Path(__file__).resolve().parents[2] / "fixtures/editions").glob("*.yaml"))
WANZHOU = next(path for path in EDITIONS if path.stem == "wanzhou-2021").read_text(encoding="utf-8")
SMALL = """\
# 头
a: plain 字   # 旁注
b: "quoted"
c:
  - {x: 'single', y: 2021年}
  - x: |
      第一行
      第二行
    y: >-
      折行
      的
# 尾
d: [一, 二,
  三]
"""
TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\0"), min_size=0, max_size=40)


@cache
def outline_of_small() -> Outline:
    return outline(SMALL)


VALUES = [key for key in outline_of_small().entries if outline_of_small().is_value(key)]


@given(st.dictionaries(st.sampled_from(VALUES), TEXTS, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_any_text_at_any_place_reads_back_and_nothing_else_changes(changes: dict[str, str]) -> None:
    after = outline(replaced(SMALL, changes))
    before = outline_of_small()
    assert list(after.entries) == list(before.entries)
    for key in VALUES:
        assert after.text(key) == changes.get(key, before.text(key)), key
    for comment in ("# 头", "# 旁注", "# 尾"):
        assert comment in after.document


PLACES = [place for place in load_document(WANZHOU, "x").places if not place.key.startswith("examples")]


@given(st.sampled_from(PLACES), st.integers(1, 90))
@settings(max_examples=25, deadline=None)
def test_a_figure_put_into_a_notice_changes_its_own_line_only(place, number: int) -> None:
    text = {"money": f"{number}.00", "ratio": f"{number}%", "day": f"2021-01-{number % 28 + 1:02d}"}.get(
        place.unit, str(number)
    )
    after = replaced(WANZHOU, {place.key: text})
    differing = [
        number
        for number, pair in enumerate(zip(WANZHOU.splitlines(), after.splitlines(), strict=True), start=1)
        if pair[0] != pair[1]
    ]
    assert differing in ([], [place.line])
    assert next(one.written for one in load_document(after, "x").places if one.key == place.key) == text


def test_keys_that_are_not_there_are_refused_by_name() -> None:
    with pytest.raises(EditRefused, match=r"coverages\.nothing\.value.*请重新打开") as refused:
        replaced(WANZHOU, {"coverages.nothing.value": "1", "coverages": "1", "edition.code": "x"})
    assert refused.value.keys == ("coverages.nothing.value", "coverages")


@pytest.mark.parametrize("text", ["", "a: [", "a: &b 1\nc: *b", "#"])
def test_what_is_no_document_has_no_places(text: str) -> None:
    with pytest.raises(NotReadable):
        replaced(text, {"a": "1"})


@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("shift", [(1, 0), (1, 5), (3, 0)])
def test_a_copy_of_every_edition_passes_with_its_days_moved(path: Path, shift: tuple[int, int]) -> None:
    text = path.read_text(encoding="utf-8")
    terms = load_document(text, path.name).terms
    assert terms is not None
    first, last = (_later(day, *shift) for day in (terms.period.range.first, terms.period.range.last))
    copy = copied(text, _to(first, last))
    result = check_document(copy, "copy")
    assert ([problem.sentence for problem in result.problems], result.failed) == ([], ())
    assert result.terms is not None
    assert (result.terms.code, result.terms.period.range.first, result.terms.period.range.last) == (
        "copy-1",
        first,
        last,
    )


def _later(day: date, years: int, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + years + month // 12, month % 12 + 1, min(day.day, 28))


def _to(first: date, last: date) -> CopyTo:
    return CopyTo("copy-1", "新：名称", "新", "CP22", first, last, "通知 #1", "号", date(2022, 2, 1), "某办")


def test_29_february_moves_to_28() -> None:
    text = WANZHOU.replace('diagnosed_on: "2021-06-15"', 'diagnosed_on: "2020-02-29"', 1)
    assert 'diagnosed_on: "2021-02-28"' in copied(text, _to(date(2022, 1, 1), date(2022, 12, 31)))


def test_a_settled_figure_has_no_mark_in_either_style() -> None:
    flow = WANZHOU.replace('rate: {value: "130.00", clause: 三}', 'rate: {value: "130.00", trial: true, clause: 三}')
    key = "deadlines.acceptance.working_days"
    terms = load_document(settled(flow, [key, "premium.rate"]), "x").terms
    assert terms is not None
    assert (terms.premium.rate.trial, terms.deadlines["acceptance"].days.trial) == (False, False)
    assert terms.deadlines["settlement"].days.trial
    with pytest.raises(EditRefused):
        settled(WANZHOU, ["premium.rate"])


@pytest.mark.parametrize(
    "keys", [("a", "c[1].x"), ("c[1]", "d[1]"), ("c[1].x", "c[1].y"), ("d[1]", "d[2]", "d[3]"), ("c", "d")]
)
def test_entries_are_taken_out_with_their_commas(keys: tuple[str, ...]) -> None:
    before, after = outline_of_small(), outline(deleted(SMALL, keys))
    gone = {key for key in before.entries if any(key == out or key.startswith((f"{out}.", f"{out}[")) for out in keys)}
    kept = [before.text(key) for key in before.entries if key not in gone and before.is_value(key)]
    assert [after.text(key) for key in after.entries if after.is_value(key)] == kept


@pytest.mark.parametrize(
    ("unit", "typed", "kept"),
    [
        ("money", "1,200", "1200.00"), ("money", "１２００．５", "1200.50"), ("money", "0.05", "0.05"), ("money", "5万", "5万"),
        ("money", "1.234", "1.234"), ("money", "-3", "-3"), ("money", "", ""), ("ratio", "15", "15%"), ("ratio", "１５％", "15%"),
        ("ratio", "一成", "一成"), ("day", "2022年2月1日", "2022-02-01"), ("day", "20220230", "20220230"), ("count", " 1,069 ", "1069"),
    ],
)  # fmt: skip
def test_figures_are_tidied_and_what_is_none_stays(unit: str, typed: str, kept: str) -> None:
    assert tidied(unit, typed) == kept


@pytest.mark.parametrize(
    ("new", "words", "now"),
    [
        ("给予1200元的保险金，最高6万元。", "给予1000元", "给予1200元"),
        ("给予1200元的保险金，最高6万元。", "……保险金，最高5万元", "……保险金，最高6万元"),
        ("另外，给予1000元的保险金，最高5万元。", "给予1000元", "给予1000元"),
        ("给予1200元的保险金，最高6万元。", "没有的话", None),
    ],
)
def test_a_quotation_follows_its_clause(new: str, words: str, now: str | None) -> None:
    assert requoted("给予1000元的保险金，最高5万元。", new, words) == now


def test_a_changed_clause_keeps_every_quotation_true() -> None:
    clause = "clauses.五（一）"
    changed = outline(WANZHOU).text(clause).replace("最高5万元", "最高8万元").replace("最高5000元", "最高10000元")
    result = check_document(written(WANZHOU, {clause: changed}), "x")
    assert result.passed
    assert result.terms is not None
    assert "最高8万元" in result.terms.coverages["accident_death_disability"].words
    assert "最高10000元" in result.terms.coverages["accident_medical"].marks


def test_results_are_taken_over_whatever_they_were() -> None:
    after = with_outcomes(WANZHOU, {1: ("60000.00", ""), 13: ("1.00", ""), 2: ("", "event")})
    examples = load_document(after, "x").terms.examples  # type: ignore[union-attr]
    assert [(str(examples[at].payable or ""), examples[at].refused) for at in (0, 12, 1)] == [
        ("60000.00", ""), ("1.00", ""), ("", "event"),
    ]  # fmt: skip
    with pytest.raises(EditRefused):
        with_outcomes(WANZHOU, {99: ("1.00", "")})


# --- insurers ---------------------------------------------------------------------------------------------------
NAMES = [name for insurer in insurers_in(WANZHOU) for name in insurer.townships] + list(left_out_in(WANZHOU))


@given(st.lists(st.integers(0, 3), min_size=len(NAMES), max_size=len(NAMES)))
@settings(max_examples=15, deadline=None)
def test_any_distribution_of_townships_reads_back(owners: list[int]) -> None:
    owners = [1, 2, 3, *owners[3:]]  # an insurer without townships is refused by the check
    served = {at: tuple(name for name, owner in zip(NAMES, owners, strict=True) if owner == at) for at in range(4)}
    insurers = [replace(one, townships=served[one.at]) for one in insurers_in(WANZHOU)]
    after = reassigned(WANZHOU, insurers, served[0])
    assert [one.townships for one in insurers_in(after)] == [served[1], served[2], served[3]]
    assert left_out_in(after) == served[0]
    assert check_document(after, "x").passed


@pytest.mark.parametrize("style", ["block", "flow", "dashes", "not closed by a line break"])
def test_insurers_come_and_go_in_every_style(style: str) -> None:
    text = {
        "flow": 'insurers: [{name: 甲, short_name: 甲, hotline: "1", clause: 四, townships: [东镇, 西镇]}, {name: 乙, short_name: 乙, hotline: "2", clause: 四, townships: [南镇]}]\nz: 1\n',
        "dashes": "insurers:\n- name: 甲\n  short_name: 甲\n  hotline: '1'\n  clause: 四\n  townships:\n  - 东镇\n  - 西镇\n- name: 乙\n  short_name: 乙\n  hotline: '2'\n  clause: 四\n  townships:\n  - 南镇\n\n# 旁注\nz: 1\n",
        "block": 'insurers:\n  - {name: 甲, short_name: 甲, hotline: "1", clause: 四, townships: [东镇, 西镇]}\n  - {name: 乙, short_name: 乙, hotline: "2", clause: 四, townships: [南镇]}\nz: 1\n',
    }.get(style, 'z: 1\ninsurers:\n  - name: 甲\n    short_name: 甲\n    hotline: "1"\n    clause: 四\n    townships: [东镇, 西镇]')  # fmt: skip
    first = insurers_in(text)[0]
    new = InsurerEntry(0, "丙: 公司", "丙", "95500", ("西镇",))
    after = reassigned(text, [replace(first, hotline="9", townships=("东镇",)), new], ("南镇",))
    assert [(one.name, one.hotline, one.townships) for one in insurers_in(after)] == [
        ("甲", "9", ("东镇",)), ("丙: 公司", "95500", ("西镇",)),
    ]  # fmt: skip
    assert left_out_in(after) == ("南镇",)
    assert outline(after).text("z") == "1"
    assert reassigned(after, insurers_in(after), ()).count("not_taking_part") == 0


# --- the form's fields ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.stem)
def test_every_figure_and_reading_of_the_terms_has_its_field(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found, places = outline(text), load_document(text, path.name).places
    fields = [
        one
        for part in parts_of(found, places)
        for subject in subjects_of(found, places, part)
        for one in subject.fields
    ]
    keys = {one.key for one in fields}
    assert len(keys) == len(fields)
    wanted = {place.key for place in places if not place.key.startswith(("examples", "insurers"))}
    assert wanted <= keys
    trials = {
        key.removesuffix(".trial") for key in found.entries if key.endswith(".trial") and found.text(key) == "true"
    }
    assert trials <= {one.figure for one in fields}


def test_one_insurer_for_all_townships_stays_so_until_one_goes_elsewhere() -> None:
    text = 'insurers:\n  - {name: 甲, short_name: 甲, hotline: "1", townships: all, clause: 四}\nz: 1\n'
    (everywhere,) = insurers_in(text)
    assert everywhere.townships == ("all",)
    assert reassigned(text, [replace(everywhere, hotline="2")], ()) == text.replace('"1"', '"2"')
    after = reassigned(text, [replace(everywhere, townships=("东镇",))], ("西镇",))
    assert (insurers_in(after)[0].townships, left_out_in(after)) == (("东镇",), ("西镇",))

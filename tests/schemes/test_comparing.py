"""Two editions compared: each change once, in words, with the difference, for whom it matters."""

import re
from dataclasses import astuple, replace
from datetime import date
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from schemes.terms.assigning import InsurerEntry, insurers_in, left_out_in, reassigned
from schemes.terms.comparing import EVERYBODY, INSURED, INSURERS, TREASURY, Change, compare
from schemes.terms.editing import CopyTo, NotReadable, copied, deleted, replaced, settled
from schemes.terms.loader import load_document
from schemes.terms.naming import names_of
from schemes.terms.outline import outline

EDITIONS = sorted((Path(__file__).resolve().parents[2] / "fixtures/editions").glob("*.yaml"))
WANZHOU = next(path for path in EDITIONS if path.stem == "wanzhou-2021").read_text(encoding="utf-8")


def told(new: str, old: str = WANZHOU) -> list[tuple[str, ...]]:
    return [_told(change) for change in compare(old, new)]


def _told(change: Change) -> tuple[str, ...]:
    what = " ".join(part for part in (change.section, change.subject, change.label) if part)
    return (change.audience, what, change.kind, change.old, change.new, change.difference)


@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.stem)
def test_an_edition_does_not_differ_from_itself(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert compare(text, text) == ()
    assert compare(text, text.replace("\n\n", "\n\n# 旁注\n\n")) == ()


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("coverages.illness_death.pays.lump_sum.amount.value", "1200.00",
         (INSURED, "保障责任 疾病身故 金额", "改为", "1,000.00", "1,200.00", "+200.00元")),
        ("limits.house_limit.amounts.adobe.value", "20000.00",
         (INSURED, "限额 结构限额 土坯屋", "改为", "25,000.00", "20,000.00", "−5,000.00元")),
        ("coverages.chronic_outpatient.pays.expense.steps[6].less_own_share.value", "12.5%",
         (INSURED, "保障责任 大病补充医疗（慢特病门诊） 单次门诊合规医疗费用 个人自付", "改为", "20%", "12.5%", "−7.5 个百分点")),
        ("coverages.student_critical_illness.covered_when[1].at_most", "24",
         (INSURED, "保障责任 贫困学生重大疾病 赔付条件 年龄 不大于", "改为", "22", "24", "+2")),
        ("deadlines.settlement.working_days.value", "7", (INSURERS, "时限 赔付 工作日", "改为", "10", "7", "−3")),
        ("premium.rate.value", "150.00", (TREASURY, "保费 标准", "改为", "130.00", "150.00", "+20.00元")),
        ("insured.persons.value", "106950", (TREASURY, "参保对象 人数", "改为", "106949", "106950", "+1")),
        ("period.last", "2022-01-31", (INSURED, "保险期间 最后一天", "改为", "2021-12-31", "2022-01-31", "晚 31 天")),
        ("edition.title", "新名", (EVERYBODY, "方案 名称", "改为", "2021年度“巩固脱贫保”", "新名", "")),
        ("coverages.illness_death.route", "one_stop",
         (INSURED, "保障责任 疾病身故 报案方式", "改为", "报案赔付", "一站式结算", "")),
        ("insurers[2].hotline", "95500", (INSURERS, "承保机构 中国人寿万州区支公司 电话", "改为", "95519", "95500", "")),
        ("deadlines.acceptance.working_days.interpretation.text", "三天",
         (INSURERS, "时限 受理 工作日 口径 内容", "改为", "通知未写天数，由年度方案设定：报案后 2 个工作日。", "三天", "")),
    ],
)  # fmt: skip
def test_a_changed_value_is_one_change(key: str, text: str, expected: tuple[str, ...]) -> None:
    assert told(replaced(WANZHOU, {key: text})) == [expected]


def test_what_comes_and_goes_is_told_from_both_sides() -> None:
    shorter = deleted(WANZHOU, ["coverages.illness_death.papers[2]", "coverages.rural_housing"])
    gone = told(shorter)
    assert gone[0] == (INSURED, "保障责任 疾病身故 材料", "取消", "身份证、一卡通复印件", "", "")
    assert gone[1][:3] == (INSURED, "保障责任 农房保险", "取消")
    assert gone[1][3].startswith("脱贫户房屋遭受自然灾害")
    assert [(one[1], one[2]) for one in told(WANZHOU, shorter)] == [(one[1], "新增") for one in gone]


def test_a_trial_figure_that_became_real_is_told() -> None:
    assert told(settled(WANZHOU, ["deadlines.acceptance.working_days"])) == [
        (INSURERS, "时限 受理 工作日 试用参数", "取消", "是", "", "")
    ]


def test_townships_move_together_from_one_insurer_to_another() -> None:
    first, second, third = insurers_in(WANZHOU)
    new = InsurerEntry(0, "某保险公司", "某保", "95500", second.townships)
    moved = replace(first, townships=(*first.townships[:-2], "高笋塘街道"))
    rest = (*left_out_in(WANZHOU)[1:], *first.townships[-2:])
    changes = told(reassigned(WANZHOU, [moved, third, new], rest))
    assert (INSURERS, "承保分片 柱山乡、铁峰乡 承保机构", "改为", "人保财险万州分公司", "不参加", "") in changes
    assert (INSURERS, "承保分片 高笋塘街道 承保机构", "改为", "不参加", "人保财险万州分公司", "") in changes
    all_of_them = f"承保分片 {'、'.join(second.townships)} 承保机构"
    assert (INSURERS, all_of_them, "改为", "中国人寿万州区支公司", "某保", "") in changes
    assert [one[1:3] for one in changes if one[1].endswith(" 机构")] == [
        ("承保机构 某保 机构", "新增"), ("承保机构 中国人寿万州区支公司 机构", "取消"),
    ]  # fmt: skip
    assert len(changes) == 5


def test_the_order_counts_in_a_formula_and_nowhere_else() -> None:
    papers = WANZHOU.replace(
        "papers: [death_certificate, id_and_account]", "papers: [id_and_account, death_certificate]"
    )
    assert told(papers) == []
    first, second = (
        "          - {less_paid_by: basic_medical, clause: 五（一）}\n",
        "          - {less_paid_by: major_illness_insurance, clause: 五（一）}\n",
    )
    steps = WANZHOU.replace(first + second, second + first)
    assert steps != WANZHOU
    assert [one[1] for one in told(steps)] == ["保障责任 意外医疗 符合医保支付范围的医疗费用"]


def test_a_copy_differs_in_its_names_and_days_only() -> None:
    to = CopyTo("c-1", "新", "新简", "CP", date(2022, 1, 1), date(2022, 12, 31), "通", "号", date(2022, 2, 1), "办")
    assert {one[0] for one in told(copied(WANZHOU, to))} <= {EVERYBODY, INSURED}
    assert {one[1].partition(" ")[0] for one in told(copied(WANZHOU, to))} == {"方案", "通知", "保险期间"}


def test_examples_are_summed_up() -> None:
    changed = replaced(WANZHOU, {"examples[1].payable": "1.00", "examples[2].name": "另一道"})
    assert [(one[1], one[3], one[4]) for one in told(changed)] == [
        ("算例 结果不同", "", "1 道：意外身故，全额"), ("算例 新增", "", "1 道：另一道"), ("算例 取消", "1 道：意外残疾三级，80%", ""),
    ]  # fmt: skip


def test_documents_that_do_not_pass_are_compared_too() -> None:
    broken = WANZHOU.replace('value: "1000.00", clause: 五（三）', 'value: "一千", clause: 五（三）')
    assert load_document(broken, "x").terms is None
    assert told(broken) == [(INSURED, "保障责任 疾病身故 金额", "改为", "1,000.00", "一千", "")]
    with pytest.raises(NotReadable):
        compare(WANZHOU, "a: [")


def test_every_edition_compares_with_another(request: pytest.FixtureRequest) -> None:
    """As the older and as the newer one, with its neighbour; with all others in `make test-long`."""
    everybody = request.config.getoption("--run-long")
    for old, new in permutations(EDITIONS, 2) if everybody else pairwise((*EDITIONS, EDITIONS[0])):
        for change in compare(old.read_text(encoding="utf-8"), new.read_text(encoding="utf-8")):
            assert change.old or change.new, change
            assert "\0" not in change.place


@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.stem)
def test_every_place_of_an_edition_has_a_chinese_name(path: Path) -> None:
    found = outline(path.read_text(encoding="utf-8"))
    names = names_of(found)
    told = {
        key: " ".join(astuple(names.of(key)))
        for key in found.entries
        if key and not key.startswith(("clauses", "examples"))
    }
    assert {key: text for key, text in told.items() if re.search(r"[a-z]{3,}", text)} == {}

"""A document with a mistake is refused with a sentence that names line, key, what was found and how to mend it."""

import pytest

from schemes.terms.check import check_document
from schemes.terms.loader import load_document
from tests.rules.editions import WANZHOU, text_of, townships_of

AMOUNT = 'amount: {value: "1000.00", clause: 五（三）}'
THRESHOLD_ROW = "          - {less_paid_by: civil_affairs_aid, clause: 五（二）}\n"
FUND_ROW = "          - {less_paid_by: poverty_medical_fund, clause: 五（二）}\n"

# what is replaced, by what, a part of the key, a part of the sentence
BROKEN = [
    (AMOUNT, "amount: {value: 1000.00, clause: 五（三）}", "amount.value", "没有引号的数 1000.00"),
    (AMOUNT, 'amount: {value: "1000.00"}', "lump_sum.amount", "缺少依据 clause"),
    (AMOUNT, 'amount: {value: "1000.00", clause: 五（九）}', "amount.clause", "依据「五（九）」在 clauses 里没有"),
    (AMOUNT, 'amount: {value: "一千", clause: 五（三）}', "amount.value", "「一千」看不懂"),
    (AMOUNT, 'amount: {value: "-1.00", clause: 五（三）}', "amount.value", "不小于零"),
    (AMOUNT, 'amount: {value: "1.005", clause: 五（三）}', "amount.value", "至多两位小数"),
    (AMOUNT, 'amount: "1000.00"', "lump_sum.amount", "键值对"),
    (AMOUNT, 'sum: {value: "1000.00", clause: 五（三）}', "lump_sum.sum", "不认识的键"),
    (AMOUNT, f"{AMOUNT}\n        {AMOUNT}", "lump_sum.amount", "写了两遍"),
    ("      lump_sum:\n        label: 疾病身故", "      annuity:\n        label: 疾病身故", "pays", "给付方式写的是 annuity"),
    ('less_own_share: {value: "10%"', 'less_own_share: {value: "0.1"', "less_own_share.value", "百分比"),
    ('less_own_share: {value: "10%"', 'less_own_share: {value: "110%"', "less_own_share.value", "不大于 100%"),
    ('less_own_share: {value: "10%"', 'own_part: {value: "10%"', "steps[6]", "步骤写的是 own_part"),
    (THRESHOLD_ROW, "", "expense.steps", "「民政医疗救助」（civil_affairs_aid）没有扣"),
    (FUND_ROW, FUND_ROW * 2, "expense.steps", "扣了两次"),
    ("less_paid_by: basic_medical", "less_paid_by: basic_medcal", "less_paid_by", "不是已声明的已付方"),
    ("of: assessed_loss", "of: lost", "loss.of", "「lost」不是已声明的事实"),
    ("of: assessed_loss", "of: cause", "loss.of", "类型是 choice"),
    ("decided_by: damaged_on", "decided_by: cause", "decided_by", "类型是 choice"),
    ("    decided_by: damaged_on\n", "", "rural_housing", "缺少 decided_by"),
    ("      - eligible_expense\n      - paid_by\n", "      - eligible_expense\n", "asks", "用到的「已付方」"),
    ("asks: [cause, damaged_on,", "asks: [cause,", "rural_housing.asks", "用到的「受损日期」"),
    ("    papers: [death_certificate, id_and_account]\n", "", "illness_death", "缺少 papers"),
    ("papers: [death_certificate, id_and_account]", "papers: []", "illness_death.papers", "是空的"),
    ("papers: [death_certificate, id_and_account]", "papers: [death_certificat]", "papers", "不是已声明的"),
    (
        "    asks:\n      - event\n      - death_date\n      - {fact: diagnosis, required: false}\n",
        "",
        "illness_death",
        "缺少 asks",
    ),
    ("is: illness_death", "is: death", "covered_when", "不是「出险类别」的选项"),
    ("{fact: in_school, is: true,", "{fact: in_school, is: enrolled,", "covered_when", "是 true 或 false"),
    ("{fact: in_school, is: true, otherwise", "{fact: in_school, otherwise", "covered_when", "is 与 one_of"),
    ('at_least: "3"', 'at_least: "23"', "covered_when", "下限 23 大于上限 22"),
    ('at_least: "3"', 'at_least: "3"\n        above: "2"', "covered_when", "年龄界限没有写清"),
    ('at_least: "3"', 'at_least: "3.5"', "at_least", "不带小数"),
    ('"2": "90%", ', "", "grades", "缺少第 2 级的比例"),
    ('"2": "90%"', '"2": "70%"', "grades", "更轻的一级还低"),
    ('"1": "100%"', '"11": "100%"', "grades.11", "等级「11」不存在"),
    ("several: worst_raised_once", "several: averaged", "several", "不是已有的多处伤残规则"),
    ("        accident_death:\n          lump_sum", "        death:\n          lump_sum", "cases.death", "不是「event」的选项"),
    ("limits: [house_limit]", "limits: [house_limt]", "rural_housing.limits", "不是已声明的限额"),
    ("    limits: [house_limit]\n", "", "limits.house_limit", "没有一个保障责任用到"),
    ('      adobe: {value: "25000.00", clause: 五（五）}\n', "", "house_limit.amounts", "「土坯屋」没有限额"),
    ("    per: house\n", "    per: roof\n", "house_limit.per", "不是已有的限额范围"),
    ("    by: structure\n", "", "house_limit", "限额没有写清"),
    ("deadlines: [acceptance, settlement]", "deadlines: [soon]", "deadlines", "不是已声明的时限"),
    ("    until: paid\n", "    until: buried\n", "deadlines.settlement.until", "不是案件的环节"),
    ('      value: "10"\n', "      value: 10\n", "working_days.value", "没有引号的数 10"),
    ("route: by_report", "route: by_mail", "route", "不是已声明的报案方式"),
    ("    head_of_household: {label", "    neighbour: {label", "payees.list.neighbour", "不是已有的领款人"),
    ("type: disability,", "type: injury,", "disability_items.type", "不是已有的事实类型"),
    ("not_before: admitted_on", "not_before: hospital", "discharged_on", "不是日期"),
    ("options: {chronic_outpatient: 慢性病门诊, severe_outpatient: 重特大疾病门诊, ordinary_outpatient: 其它门诊}", "hint: 无", "facts.visit", "选项 options 与类型对不上"),
    ('last: "2021-12-31"', 'last: "2020-12-31"', "period.last", "早于第一天"),
    ('last: "2021-12-31"', 'last: "2021-02-30"', "period.last", "看不懂或不存在"),
    ("瀼渡镇, 天城镇", "瀼渡镇, 大周镇", "insurers", "「大周镇」既在人保财险万州分公司，又在人保财险万州分公司"),
    ("[新田镇,", "[新田镇, 九池乡,", "insurers", "「九池乡」既在人保财险万州分公司，又在中国人寿万州区支公司"),
    ("[高笋塘街道, 牌楼街道", "[牌楼街道", "insurers", "「高笋塘街道」没有列入任何承保机构"),
    ("[新田镇,", "[新田镇, 老田镇,", "insurers", "「老田镇」不是本县的乡镇"),
    ('hotline: "95518"', "hotline: 95518", "insurers[1].hotline", '请改为 "95518"'),
    ('place: "500101000000"', 'place: "500101"', "edition.place", "不是区划代码"),
    ("basis: person", "basis: acre", "premium.basis", "不是已有的计费方式"),
    ("roster: true", "roster: maybe", "insured.roster", "true 或 false"),
    ("interpretation: {title: 未列入的街道, ", "interpretation: {", "interpretation", "缺少 title"),
    ("words: 脱贫人口因疾病身故，给予", "words: 脱贫人口因病身故，给予", "words", "在条款里找不到"),
    ("marks: [1000元]", "marks: [2000元]", "marks[1]", "不在 words 里"),
    ("notice:\n", "notices:\n", "", "缺少 notice"),
    ("    payable: \"3000.00\"\n", "", "examples[6]", "算例没有结果"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "words"), BROKEN, ids=range(1, len(BROKEN) + 1))
def test_a_broken_document_is_refused_by_name(old, new, key, words):
    text = text_of(WANZHOU)
    assert old in text
    loaded = load_document(text.replace(old, new), "wanzhou-2021.yaml", townships_of("500101", WANZHOU))
    assert loaded.terms is None
    found = [problem for problem in loaded.problems if words in problem.sentence and key in problem.key]
    assert found, [problem.sentence for problem in loaded.problems]
    assert found[0].sentence.startswith(f"wanzhou-2021.yaml 第{found[0].line}行")
    assert found[0].mend


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "文件是空的"), ("a: [1", "格式读不通"), ("- a\n- b", "键值对"), ("a: &x 1\nb: *x", "引用"), ("a: !!python/x 1", "不认识的键")],
)  # fmt: skip
def test_what_is_no_edition_at_all(text, words):
    loaded = load_document(text, "x.yaml")
    assert loaded.terms is None
    assert words in " ".join(problem.sentence for problem in loaded.problems)


def test_the_line_is_that_of_the_mistake():
    text = text_of(WANZHOU).replace("route: by_report", "route: by_mail", 1)
    line = next(at for at, row in enumerate(text.splitlines(), start=1) if "by_mail" in row)
    assert [problem.line for problem in load_document(text, "x.yaml").problems] == [line]


def test_all_mistakes_come_at_once():
    text = text_of(WANZHOU)
    for old, new in (
        ("per: house\n", "per: roof\n"),
        ("marks: [1000元]", "marks: [2000元]"),
        ('"95518"', "95518"),
    ):
        text = text.replace(old, new)
    assert len(load_document(text, "x.yaml").problems) == 3


def test_a_figure_that_contradicts_the_examples_fails_the_check():
    text = text_of(WANZHOU).replace(AMOUNT, AMOUNT.replace("1000", "2000"))
    result = check_document(text, "x.yaml")
    assert not result.passed
    assert [one.name for one in result.failed] == ["疾病身故"]
    assert "应赔付 1000.00，算出的是赔付 2000.00" in result.failed[0].message

"""One thing put wrong in a feature's edition: refused with a sentence of its own, at its own line."""

from random import Random

import pytest

from schemes.terms.check import check_document
from schemes.terms.loader import load_document
from tests.rules.editions import ROOT
from tests.rules.features import FEATURES, text_of

LADDER_2 = '{above: "10000.00", at_most: "30000.00", ratio: "60%"}'
WIND_2 = '{at_least: "32.7", below: "41.5", value: "3000.00"}'
AGE_2 = '{at_least: "18", below: "60", value: "50000.00"}'
HANDLING_2 = '{at_least: "10000.00", below: "100000.00", way: inform_coinsurers, clause: 五}'
LAYER_2 = '{above: "100%", at_most: "150%", shares: {insurer: "50%", county: "50%"}}'

# the edition, what is replaced, by what, a part of the key, a part of the sentence
BROKEN = [
    # unknown keys at every level
    ("dated-amounts", "\nnotice:\n", "\nnotes: 备注\n\nnotice:\n", "notes", "不认识的键"),
    ("dated-amounts", "  short_title:", "  subtitle: 另名\n  short_title:", "edition.subtitle", "不认识的键"),
    ("dated-amounts", "  basis: person\n", "  basis: person\n  discount: 九折\n", "premium.discount", "不认识的键"),
    ("dated-amounts", "    route: report\n", "    route: report\n    priority: 高\n", "death.priority", "不认识的键"),
    ("dated-amounts", "          by: happened_on\n", "          by: happened_on\n          of: x\n", "amount.of", "不认识的键"),
    ("dated-amounts", '{below: "2025-07-01", value', '{before: "2025-07-01", value', "bands[1].before", "不认识的键"),
    ("pool-share", "        of_total: all_losses\n", "        of_total: all_losses\n        per: household\n", "pool_share.per", "不认识的键"),
    ("excluded-lists", "list: left_system", "list: public_staff", "insured.excludes[2]", "写了两遍"),
    ("excluded-lists", "list: left_system", "list: dead", "insured.excludes[2].list", "不是已有的名单"),
    ("excluded-lists", "    - {list: left_system, clause: 二}", "    - {list: left_system}", "insured.excludes[2]", "缺少依据"),
    ("excluded-lists", "  roster: true", "  roster: false", "insured.excludes", "没有名册，却写了不参保的名单"),
    ("shares-by-payer", "{label: 全县, ", "{label: 全县, note: 无, ", "shares[1].note", "不认识的键"),
    ("coinsurance-pool", "short_name: 示例农险, ", "short_name: 示例农险, lead: false, ", "members[3].lead", "不认识的键"),
    ("follow-on", "      reached: {", "      renewed: true\n      reached: {", "follow_on.renewed", "不认识的键"),
    # numbers as they must not be written
    ("aggregate-per-event", 'amount: {value: "1000000.00"', "amount: {value: 1000000.00", "total.amount.value", "没有引号的数 1000000.00"),
    ("parametric-steps", 'below: "32.7", value: "1000.00"', 'below: 32.7, value: "1000.00"', "bands[1].below", "没有引号的数 32.7"),
    ("daily-allowance", 'period: {value: "90"', 'period: {value: "９０"', "at_most_days.period.value", '用半角、不带空格，例如 "90"'),
    ("advances", 'amount: {value: "10000.00"', 'amount: {value: "１００００.00"', "lump_sum.amount.value", '用半角、不带空格，例如 "10000.00"'),
    ("coordination", 'times: {value: "90%"', 'times: {value: "90"', "times.value", '百分比，例如 "10%"'),
    ("parametric-steps", 'value: "8000.00"', 'value: "8千元"', "bands[3].value", "「8千元」看不懂"),
    ("top-up-units", 'at_most: {value: "50000.00"', 'at_most: {value: "-1.00"', "at_most.value", "不小于零"),
    ("progressive-ladder", 'ratio: "70%"', 'ratio: "170%"', "tiers[3].ratio", "不大于 100%"),
    ("housing-units", 'at_most: {value: "10"', 'at_most: {value: "1.2345678"', "times[1].at_most.value", "是一个数"),
    # clauses
    ("uplifts", "times: {by: circumstance, clause: 三, ", "times: {by: circumstance, ", "steps[1].times", "缺少依据 clause"),
    ("coordination", "- {less: recovered, clause: 三}", "- {less: recovered}", "steps[3]", "缺少依据 clause"),
    ("risk-sharing", "risk_sharing:\n  clause: 五\n", "risk_sharing:\n", "risk_sharing", "缺少依据 clause"),
    ("waiting-period", 'beyond: {days: {value: "30", clause: 三}}', 'beyond: {days: {value: "30", clause: 九}}', "beyond.days.clause", "依据「九」在 clauses 里没有"),
    # gaps, overlaps, crossed bounds, unreachable tiers
    ("dated-amounts", '{at_least: "2025-07-01"', '{at_least: "2025-07-02"', "bands[2]", "空档（2025-07-01 至 2025-07-02）"),
    ("dated-amounts", '{at_least: "2025-07-01"', '{at_least: "2025-06-30"', "bands[2]", "与另一档重叠"),
    ("dated-amounts", '{below: "2025-07-01"', '{at_least: "2025-01-01", below: "2025-07-01"', "bands[1]", "2025-01-01 以下没有写"),
    ("age-bands", AGE_2, AGE_2.replace("below", "at_most"), "bands[3]", "与另一档重叠（60 已在前一档之内）"),
    ("age-bands", AGE_2, AGE_2.replace("at_least", "above"), "bands[2]", "空档（18 至 18）"),
    ("age-bands", AGE_2, AGE_2.replace('"60"', '"18"'), "bands[2]", "下限 18 与上限 18 之间没有值"),
    ("age-bands", 'below: "18", value', 'below: "18", at_most: "17", value', "bands[1]", "同一端写了两个界限"),
    ("age-bands", 'at_most: "80", otherwise', 'at_most: "59", otherwise', "coverages.death", "一档永远用不到"),
    ("age-bands", 'at_most: "80", otherwise', 'above: "79", below: "80", otherwise', "covered_when", "之间没有周岁"),
    ("age-bands", "- {below: \"18\", value: ", "- {value: ", "bands[1]", "这一档没有写界限"),
    ("parametric-steps", WIND_2, WIND_2.replace('"41.5"', '"31.5"'), "bands[2]", "下限 32.7 与上限 31.5 之间没有值"),
    ("progressive-ladder", LADDER_2, LADDER_2.replace('"30000.00"', '"20000.00"'), "tiers[3]", "空档（20000.00 至 30000.00）"),
    ("progressive-ladder", '{at_most: "10000.00", ratio: "50%"}', '{above: "1.00", at_most: "10000.00", ratio: "50%"}', "tiers[1]", "1.00 以下没有写"),
    ("progressive-ladder", '{above: "30000.00", ratio: "70%"}', '{above: "30000.00", at_most: "50000.00", ratio: "70%"}', "tiers[3]", "50000.00 以上没有写"),
    ("coinsurance-pool", HANDLING_2, HANDLING_2.replace('below: "100000.00"', 'below: "90000.00"'), "handling[3]", "空档"),
    ("risk-sharing", LAYER_2, LAYER_2.replace('"150%"', '"140%"'), "layers[3]", "空档"),
    ("risk-sharing", '    - {above: "150%", shares: {county: "100%"}}\n', "", "layers[2]", "1.5 以上没有写"),
    # shares that don't add up
    ("shares-by-payer", 'person: "25%"', 'person: "24%"', "shares[1].parts", "各方比例相加是 99%"),
    ("shares-by-payer", 'person: "25%"', 'person: "25.00"', "shares[1].parts", "百分比与金额混写"),
    ("shares-by-payer", 'person: "25%"', 'town: "25%"', "parts.town", "「town」不是已声明的出资方"),
    ("shares-by-category", 'county: "7.00"', 'county: "7.50"', "shares[1].parts", "各方金额相加是 20.50，应等于保费标准 20.00"),
    ("shares-by-category", "category: destitute, ", "category: poor, ", "shares[2].category", "「poor」不是已声明的人员类别"),
    ("shares-by-category", "category: destitute, ", "category: ordinary, ", "shares", "只归一档"),
    ("shares-by-class", "regions: [示例丙县]", "regions: [示例乙县]", "shares", "「示例乙县」既在一类县区，又在二类县区"),
    ("shares-by-class", "regions: [示例丙县]", "regions: 丙县", "shares[2].regions", "「丙县」不是已有的写法"),
    ("shares-by-payer", "payers: {province: 省财政, county: 县财政, person: 个人}\n", "", "parts.county", "先写明有哪些出资方"),
    ("coinsurance-pool", 'short_name: 示例农险, share: {value: "15%"', 'short_name: 示例农险, share: {value: "16%"', "pool.members", "承保份额相加是 101%"),
    ("coinsurance-pool", "code: farm", "code: life", "pool.members", "有两家的 code 相同"),
    ("coinsurance-pool", "code: lead, name: 示例财产保险公司", "code: lead, name: 别的公司", "pool.members", "首席承保人「别的公司」不是"),
    ("risk-sharing", 'shares: {insurer: "50%", county: "50%"}', 'shares: {insurer: "50%", county: "40%"}', "layers[2].shares", "各方比例相加是 90%"),
    ("risk-sharing", 'shares: {county: "100%"}', 'shares: {town: "100%"}', "layers[3].shares.town", "不是已声明的分担方"),
    # premiums
    ("shares-by-category", "basis: person", "basis: household", "premium.rate", "按人员类别的保费写在 basis: household 上"),
    ("shares-by-category", '"20.00", destitute: "30.00"}', '"20.00"}', "rate.values", "「特困人员」没有写"),
    ("shares-by-category", "  categories: {ordinary: 一般居民, destitute: 特困人员}\n", "", "premium.rate.by", "「category」不是已声明的事实"),
    ("premium-census", "figures: census", "figures: roster", "premium.figures", "insured.roster 是 false"),
    ("premium-bases", "  parts:\n", "  basis: person\n  parts:\n", "premium.parts", "写了两遍"),
    ("premium-pro-rata", "pro_rata: months", "pro_rata: weeks", "premium.pro_rata", "不是已有的按期折算方式"),
    ("premium-carry-over", 'ratio: {value: "80%"', 'ratio: {value: "180%"', "carry_over.ratio.value", "不大于 100%"),
    # what refers to nothing, or to the wrong thing
    ("family-sum", "divided_by: members", "divided_by: expense", "split.divided_by", "类型是 money"),
    ("housing-units", "    times: rooms\n", "    times: storeys\n", "shed.times", "「storeys」不是已声明的事实"),
    ("aggregate-times-premium", "multiple_of: total_premium", "multiple_of: premium", "total.multiple_of", "「premium」不是已声明的事实"),
    ("parametric-steps", "by: wind\n", "by: balance\n", "amount.by", "「balance」不是已声明的事实"),
    ("parametric-steps", "asks: [happened_on, wind]", "asks: [happened_on]", "wind.asks", "用到的「最大风速」（wind）没有列入"),
    ("age-bands", "asks: [birth_date, happened_on]", "asks: [birth_date, happened_on, age]", "asks[3]", "「age」由别的事实算出"),
    ("age-bands", "type: age, of: birth_date, on: happened_on", "type: age, of: birth_date", "facts.age", "of、on 与类型对不上"),
    ("age-bands", "- {age_of: birth_date", "- {age_of: age", "covered_when[1].age_of", "类型是 age"),
    ("uplifts", "by: circumstance", "by: happened_on", "times.by", "用 bands 分档"),
    ("uplifts", 'rescue: "200%"}', 'flood: "200%"}', "times.values.flood", "不是「情形」的选项"),
    ("disability-other-scale", 'grades: "8"', 'grades: "9"', "scale.ratios.grades", "缺少第 9 级的比例"),
    ("disability-other-scale", 'grades: "8"', 'grades: "21"', "disability_items.grades", "等级数是 21"),
    ("follow-on", "after: [disability]", "after: [disabled]", "coverages.death", "「disabled」不是本方案的保障责任"),
    ("follow-on", "limits: [extra]", "limits: [more]", "follow_on.limits[1]", "「more」不是已声明的限额"),
    ("follow-on", "      day: died_on\n", "      day: ratio_grade\n", "follow_on.day", "类型是 choice"),
    ("advances", "settles: {coverages: [advance]", "settles: {coverages: [deposit]", "coverages.settlement", "「deposit」不是本方案的保障责任"),
    ("advances", "limits: [maximum]\n", "limits: [maximum, maximum]\n", "limits[2]", "「maximum」列了两遍"),
    ("follow-on", "not_before: happened_on", "not_before: died_on", "facts.died_on", "另一个 date 类型的事实"),
    ("franchise-and-average", "worth: worth, ", "worth: structure, ", "average.worth", "「structure」不是已声明的事实"),
    ("top-up-units", "- {times_fact: units, ", "- {times_fact: topped_up, ", "times_fact", "类型是 yes_no"),
    # both, neither, and what makes no sense
    ("limits-per-household", "per: household", "per: household, times: loss", "household.times", "类型是 money"),
    ("limits-by-role", "    by: role\n", '    by: role\n    amount: {value: "1.00", clause: 三}\n', "limits.maximum", "限额没有写清"),
    ("waiting-period", "beyond: {", 'within: {days: {value: "9", clause: 三}}\n        beyond: {', "covered_when[1]", "期限没有写清"),
    ("waiting-period", 'beyond: {days: {value: "30", clause: 三}}', 'beyond: {}', "covered_when[1].beyond", "在 days、months、years 中写一个"),
    ("waiting-period", "unless: {renewed: true}", "unless: {joined_on: true}", "unless.joined_on", "不是已声明的选择项"),
    ("event-above-threshold", "intensity, above: ", "intensity, one_of: [x], above: ", "any_of[2]", "条件没有写清"),
    ("event-above-threshold", "otherwise: 震级不到 5.0 级, ", "otherwise: 震级不到 5.0 级, when: {magnitude: x}, ", "any_of[1].when", "不是已声明的选择项"),
    ("dated-amounts", "          bands:\n", "          values: {}\n          bands:\n", "lump_sum.amount", "表没有写清"),
    ("pool-share", "per: event", "per: household", "coverages.relief", "按份额分配却没有总额限额"),
    ("coordination", "          - {less_paid_by: commercial, clause: 三}\n", "", "expense.steps", "「商业保险」（commercial）没有扣"),
    ("coordination", '- times: {value: "90%", clause: 三}', '- less_own_share: {value: "100%", clause: 三}', "expense.steps", "个人自付合计 100%"),
    ("coordination", '- times: {value: "90%", clause: 三}', '- at_most: {value: "90.00", clause: 三}\n          - less_own_share: {value: "10%", clause: 三}', "steps[5]", "损失越大可能赔得越少"),
    ("window-to-outcome", '        amount: {value: "30000.00", clause: 三}', '        amount: {value: "30000.00", clause: 三}\n        steps: [{deductible: {value: "30000.00", clause: 三}}]', "coverages.death", "永远不赔"),
    ("daily-allowance", "        stay: {value", "        week: {value", "at_most_days.week", "不是天数上限的范围"),
    ("period-not-calendar", 'last: "2025-06-30"', 'last: "2024-06-30"', "period.last", "早于第一天 2024-07-01"),
    ("period-not-calendar", 'issued_on: "2024-09-15"', 'issued_on: "2024-09-31"', "notice.issued_on", "日期「2024-09-31」看不懂或不存在"),
    ("period-not-calendar", 'issued_on: "2024-09-15"', "issued_on: [2024]", "notice.issued_on", "日期（一组值）看不懂"),
    ("period-not-calendar", "after: reported, until: paid", "after: paid, until: reported", "payment.until", "不在 after 写的 paid 之后"),
    ("period-not-calendar", 'working_days: {value: "10", clause: 四}', 'working_days: {value: "10", clause: 四}, calendar_days: {value: "10", clause: 四}', "deadlines.payment", "时限天数没有写清"),
    ("period-not-calendar", "townships: all", "townships: whole", "insurers[1].townships", "「whole」不是已有的写法"),
    ("period-not-calendar", "    papers: [proof]\n", "", "coverages.death", "缺少 papers"),
    ("period-not-calendar", "    route: report\n", "", "coverages.death", "缺少 route"),
    ("period-not-calendar", "    payees: [insured]\n", "    payees: []\n", "death.payees", "是空的"),
    ("period-not-calendar", "    route: report\n", "    route: report\n    route: report\n", "death.route", "写了两遍"),
    ("period-not-calendar", "    route: report\n", "\troute: report\n", "", "格式读不通"),
    ("period-not-calendar", "coverages:\n", "coverages: {}\nremoved:\n", "coverages", "是空的"),
    # the steps of a roster
    ("roster-steps", "{step: review, label: 镇审核, ", "{step: collate, label: 镇审核, ", "steps.steps[1]", "先由乡镇审核"),
    ("roster-steps", "{step: police, ", "{step: tax, ", "steps[2].step", "「tax」不是名册的步骤"),
    ("roster-steps", "{step: police, ", "{step: review, ", "steps.steps[2]", "步骤 review 写了两遍"),
    ("roster-steps", 'due: "2024-12-15"', 'due: "2024-12-09"', "steps.steps[2]", "期限 2024-12-09 早于前面步骤的 2024-12-10"),
    ("roster-steps", "{step: police, ", "{step: underwrite, ", "steps.steps[2]", "underwrite 后面还有步骤"),
    ("roster-steps", "label: 户籍确认, department: 示例县公安局, due: \"2024-12-15\", clause: 五}", "label: 户籍确认}", "steps.steps[2]", "缺少依据 clause"),
    ("roster-steps", 'days: {value: "5", clause: 五}', 'days: {value: 5, clause: 五}', "publicity.days.value", "没有引号的数 5"),
    ("roster-steps", "  roster: true\n", "  roster: false\n", "roster_steps", "没有参保名册的方案写了名册步骤"),
]  # fmt: skip


@pytest.mark.parametrize(("feature", "old", "new", "key", "words"), BROKEN, ids=range(1, len(BROKEN) + 1))
def test_a_broken_feature_is_refused_by_name(feature, old, new, key, words):
    text = text_of(feature)
    assert old in text
    loaded = load_document(text.replace(old, new), f"{feature}.yaml")
    assert loaded.terms is None
    found = [problem for problem in loaded.problems if words in problem.sentence and key in problem.key]
    assert found, [problem.sentence for problem in loaded.problems]
    first = found[0]
    assert first.sentence.startswith(f"{feature}.yaml 第{first.line}行")
    assert first.found
    assert first.expected
    assert first.mend
    assert "Node(" not in first.sentence


def test_yaml_references_are_refused_with_a_sentence():
    text = (
        text_of("dated-amounts")
        .replace("clauses:\n", "clauses: &all\n")
        .replace("state:", "")
        .replace("papers: [proof]", "papers: *all")
    )
    assert [problem.found for problem in load_document(text, "x.yaml").problems] == ["用了 & 和 * 引用"]


def test_an_escape_that_stands_for_no_character_is_refused():
    text = text_of("dated-amounts").replace("short_title: 金额按日期变动", r'short_title: "\UFFFFFFFF"')
    assert "格式读不通" in load_document(text, "x.yaml").problems[0].sentence


def test_several_mistakes_in_several_places_come_at_once():
    text = text_of("parametric-steps")
    for old, new in (
        ('value: "1000.00"', "value: 1000.00"),
        ('above: {value: "100", clause: 三（二）}', 'above: {value: "100"}'),
        ("route: report\n", "route: post\n"),
        ('{at_least: "41.5"', '{at_least: "42"'),
        ("asks: [happened_on, rain]", "asks: [happened_on]"),
        ('payable: "10.00"', 'paid: "10.00"'),
    ):
        assert old in text
        text = text.replace(old, new)
    found = [problem.sentence for problem in load_document(text, "x.yaml").problems]
    assert len(found) == 8  # the route stands twice; an example without a result is a mistake beside the unknown key
    lines = [int(sentence.split("第")[1].split("行")[0]) for sentence in found]
    assert lines == sorted(lines)


EDITIONS = {f"tests/editions/{name}.yaml": text_of(name) for name in FEATURES}
EDITIONS |= {
    path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "fixtures/editions").glob("*.yaml"))
}
MAULINGS = {
    "deleted": lambda lines, at, _random: lines[:at] + lines[at + 1 :],
    "doubled": lambda lines, at, _random: lines[: at + 1] + lines[at:],
    "cut off": lambda lines, at, _random: lines[:at],
    "cut short": lambda lines, at, random: [
        *lines[:at],
        lines[at][: random.randrange(len(lines[at]) + 1)],
        *lines[at + 1 :],
    ],
    "moved": lambda lines, at, random: _moved(lines, at, random.randrange(len(lines))),
    "shifted": lambda lines, at, random: [
        *lines[:at],
        " " * random.randrange(8) + lines[at].lstrip(),
        *lines[at + 1 :],
    ],
    "mangled": lambda lines, at, random: [*lines[:at], _mangled(lines[at], random), *lines[at + 1 :]],
}


def _moved(lines, at, to):
    rest = lines[:at] + lines[at + 1 :]
    return [*rest[:to], lines[at], *rest[to:]]


def _mangled(line, random):
    """A few characters of the line replaced by those that mean something in YAML."""
    letters = list(line)
    for _ in range(min(3, len(letters))):
        letters[random.randrange(len(letters))] = random.choice("{}[]:,\"'-#&*!|>%@\\0１是 \t")
    return "".join(letters)


@pytest.mark.parametrize("maul", MAULINGS)
@pytest.mark.parametrize("name", EDITIONS)
def test_a_mauled_document_is_checked_and_never_raises(name, maul):
    random = Random(f"{name} {maul}")  # the same documents in every run
    lines = EDITIONS[name].splitlines()
    for _ in range(3):
        text = "\n".join(MAULINGS[maul](lines, random.randrange(len(lines)), random))
        result = check_document(text, name)
        assert result.terms is not None or result.problems
        for problem in result.problems:
            assert problem.sentence.startswith(f"{name} 第{problem.line}行")
            assert "Node(" not in problem.sentence

"""What somebody who writes a first edition gets wrong is named: the line where it stands, what it is, what to write."""

import time

import pytest
import yaml

from schemes.terms import composing
from schemes.terms.composing import DEEPEST, NotComposed, nodes_of
from schemes.terms.loader import load_document
from tests.rules.documents import SAMPLE, documents

LABEL = "    label: 意外身故\n"
RATE = 'rate: {value: "20.00", clause: 三}'
STEP = "          - {less_paid_by: basic_medical, clause: 五（二）}"
LIMIT = 'amount: {value: "5000.00", clause: 五（二）}'

# what of the sample is replaced, by what, what is found, how to mend it
MISTAKES = {
    "tab before a key": (LABEL, "\tlabel: 意外身故\n", "行首用 Tab 缩进", "换成空格"),
    "tab after a colon": ("number_prefix: SL24", "number_prefix:\tSL24", "文字之间有 Tab", "换成空格"),
    "colon in a text": (LABEL, "    label: 房屋: 倒塌\n", "「房屋: 倒塌」里有冒号", '请写成 "房屋: 倒塌"'),
    "colon in braces": ("{label: 事故日期,", "{label: 事故: 日期,", "「事故: 日期」里有冒号", '请写成 "事故: 日期"'),
    "quote left open": (LABEL, '    label: "意外身故\n', "引号没有成对", "请补上或删去一个引号"),
    "single quote left open": (LABEL, "    label: '意外身故\n", "引号没有成对", "请补上或删去一个引号"),
    "quote open in braces": ('first: "2024-04-01"', 'first: "2024-04-01', "引号没有成对", "请补上"),
    "quote open to the end": ('    payable: "600.00"', '    payable: "600.00', "引号没有成对", "请补上"),
    "more after a quote": ('place: "141029000000"', 'place: "141029000000"号', "引号后面还有字", "请把引号移到末尾"),
    "full-width colon": (LABEL, "    label：意外身故\n", "「label」后面是全角冒号", "请写成 label: …"),
    "full-width colon first": ("  code: shili", "  code：shili", "「code」后面是全角冒号", "请写成 code: …"),
    "full-width colon of a section": ("edition:\n", "edition：\n", "「edition」后面是全角冒号", "请写成 edition: …"),
    "full-width colon last": ("scheme_name: 农", "scheme_name：农", "「scheme_name」后面是全角冒号", "scheme_name: …"),
    "full-width colon in braces": (RATE, RATE.replace(": ", "：", 2), "「rate」后面是全角冒号", "请写成 rate: …"),
    "full-width colon of a value": ('{value: "20.00"', '{value："20.00"', "「value」后面是全角冒号", "请写成 value: …"),
    "no blank after a colon": (LABEL, "    label:意外身故\n", "「label:」后面没有空格", "请写成 label: …"),
    "no blank in braces": ('{value: "20.00"', '{value:20.00', "「value」后面少一个空格", "请写成 value: …"),
    "no blank after a dash": ("  - name: 意外身故", "  -name: 意外身故", "「-」后面没有空格", "请写成 - name: 意外身故"),
    "no blank before braces": (STEP, STEP.replace("- {", "-{"), "「-」后面没有空格", "请写成 - {less"),
    "no blank within a list": ("          - times:", "          -times:", "「-」后面没有空格", "请写成 - times:"),
    "one blank too many": ("    route: by_report", "     route: by_report", "缩进对不上", "核对这一行和上一行"),
    "one blank too few": ("    route: by_report", "   route: by_report", "缩进对不上", "核对这一行和上一行"),
    "a section moved in": ("payers: {county", "  payers: {county", "缩进对不上", "核对这一行和上一行"),
    "no key": (LABEL, "    意外身故\n", "「意外身故」这一行没有冒号", "请补上键"),
    "brace left open": (f"{RATE}}}", RATE, "「{」没有合上", "请补上 }"),
    "bracket left open": ("marks: [给付30000元]", "marks: [给付30000元", "「[」没有合上", "请补上 ]"),
    "brace too many": (f"{RATE}}}", f"{RATE}}}}}", "多了一个「}」", "请删去多的一个"),
    "comma left out": ('first: "2024-04-01",', 'first: "2024-04-01"', "「{」里少了逗号", "请补上逗号"),
    "full-width comma": ('first: "2024-04-01",', 'first: "2024-04-01"，', "全角的「，」", "请改为 ,"),
    "full-width braces": (RATE, 'rate: ｛value: "20.00", clause: 三｝', "全角括号「｛」", "请改为半角"),
    "asterisk": (LABEL, "    label: *意外身故\n", "文字以「*」开头", '请写成 "*…"'),
    "exclamation mark": (LABEL, "    label: !意外身故\n", "文字以「!」开头", '请写成 "!…"'),
    "upright line": (LABEL, "    label: |意外身故\n", "文字以「|」开头", '请写成 "|…"'),
    "per cent sign": (LABEL, "    label: %意外身故\n", "文字以「%」开头", '请写成 "%…"'),
    "first line moved in": ("edition:\n", "  edition:\n", "缩进对不上", "核对这一行和上一行"),
    "at sign": (LABEL, "    label: @意外身故\n", "文字以「@」开头", '请写成 "@…"'),
    "backslash": ('hotline: "95500"', 'hotline: "95\\500"', "双引号里有反斜杠", "请删去"),
    "second document": ("notice:\n", "---\nnotice:\n", "又写了一行 ---", "请删去 ---"),
    "control character": ("county: 县财政", "county: 县\x07财政", "看不见的字符 U+0007", "请把它删去"),
    "lone surrogate": ("county: 县财政", "county: 县\ud800财政", "看不见的字符 U+D800", "请把它删去"),
    "anchor alone": ("insured: {roster", "insured: &x {roster", "用了 & 和 * 引用", "照抄一遍"),
    "wide quotes round a number": ('value: "20.00"', "value: “20.00”", "全角引号", '请改为 "20.00"'),
    "wide quotes round a day": ('first: "2024-04-01"', "first: “2024-04-01”", "全角引号", '请改为 "2024-04-01"'),
    "wide quotes round a code": ('place: "141029000000"', "place: “141029000000”", "全角引号", '"141029000000"'),
    "clause in half-width brackets": (LIMIT, LIMIT.replace("五（二）", "五(二)"), "在 clauses 里没有", "是不是 五（二）？"),
    "clause with a blank": (LIMIT, LIMIT.replace("五（二）", "五 （二）"), "在 clauses 里没有", "是不是 五（二）？"),
    "clause in full": (LIMIT, LIMIT.replace("五（二）", "第五条（二）"), "在 clauses 里没有", "是不是 五（二）？"),
    "figure without its clause": (LIMIT, 'amount: "5000.00"', "不是键值对", '是 {value: "5000.00", clause: …}'),
    "reading without a title": (
        "interpretation: {title: 最高额, text: 按人按保险期间计。}",
        "interpretation: 按人按保险期间计",
        "不是键值对",
        "是 {title: …, text: …}",
    ),
    "multiple of nothing": (
        LIMIT,
        f"{LIMIT}\n    multiple_of: paid_in",
        "multiple_of 只能用 state 里声明的，「paid_in」不是",
        "本方案没有 state",
    ),
}  # fmt: skip


def changed(old, new):
    """The sample with one thing put otherwise, and the line of it."""
    text = documents()[SAMPLE]
    assert old in text
    mauled = text.replace(old, new, 1)
    lines = zip(text.splitlines(), mauled.splitlines(), strict=False)
    line = next(at for at, (one, other) in enumerate(lines, start=1) if one != other)
    return mauled, line


def problems(text):
    return load_document(text, "x.yaml").problems


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_beginners_mistake_is_named_with_its_line(mistake):
    old, new, found, mend = MISTAKES[mistake]
    text, line = changed(old, new)
    told = [problem for problem in problems(text) if found in problem.found]
    assert told, [problem.sentence for problem in problems(text)]
    assert [problem.line for problem in told] == [line]
    assert mend in told[0].sentence
    assert told[0].sentence.startswith(f"x.yaml 第{line}行")


@pytest.mark.parametrize("name", ["full-width colon of a value", "no blank in braces"])
def test_a_key_that_runs_into_its_value_is_not_also_missing(name):
    text, _ = changed(*MISTAKES[name][:2])
    assert len(problems(text)) == 1


def test_a_group_that_is_not_moved_in_says_so():
    text, _ = changed("    pays:\n      lump_sum:", "    pays:\n    lump_sum:")
    assert any("要比它多缩进两格" in problem.mend for problem in problems(text))


def test_a_clause_is_not_guessed_where_two_are_alike():
    old = "  五（二）: 意外医疗，"
    text, _ = changed(old, "  五.二: 也是五（二）。\n" + old)
    text = text.replace(LIMIT, LIMIT.replace("五（二）", "五二"))
    (problem,) = [problem for problem in problems(text) if "「五二」" in problem.found]
    assert problem.mend == "请抄录原文或改正编号"


@pytest.mark.parametrize(
    ("old", "new", "offers"),
    [
        ("    per: person", "    per: persons", False),
        ("townships: all", "townships: every", False),
        ("type: money,", "type: cash,", False),
        ("after: accepted", "after: received", False),
        ("route: by_report", "route: by_mail", True),
        ("of: eligible_expense", "of: expenses", True),
        ("medical_maximum]", "maximum]", True),
    ],
)
def test_only_what_a_document_declares_can_be_declared_in_it(old, new, offers):
    text, line = changed(old, new)
    (problem,) = [problem for problem in problems(text) if problem.line == line]
    assert ("先在文件里写明它" in problem.mend) is offers


def test_a_type_that_is_unknown_is_not_held_against_its_uses():
    text, line = changed("type: money,", "type: cash,")
    assert [problem.line for problem in problems(text)] == [line]


PAYS = '    pays:\n      lump_sum: {label: 意外身故, amount: {value: "30000.00", clause: 五（一）}}\n'
BY_CAUSE = """    pays:
      by: cause
      clause: 五（一）
      cases:
        fall: {lump_sum: {label: 跌落, amount: {value: "30000.00", clause: 五（一）}}}
"""
DROWNING = '        drowning: {lump_sum: {label: 溺水, amount: {value: "30000.00", clause: 五（一）}}}\n'


def by_cause(cases):
    text = documents()[SAMPLE].replace(PAYS, cases)
    text = text.replace("asks: [accident_date, death_date]", "asks: [cause, accident_date, death_date]")
    fact = "  cause: {label: 原因, type: choice, group: 事故, options: {fall: 跌落, drowning: 溺水}}\n"
    text = text.replace("  accident_date: {label", f"{fact}  accident_date: {{label", 1)
    return text.replace("facts: {accident_date:", "facts: {cause: fall, accident_date:", 1)


def test_where_every_option_is_paid_nothing_needs_a_reason():
    assert [problem.sentence for problem in problems(by_cause(BY_CAUSE + DROWNING))] == []


def test_an_option_that_is_not_paid_needs_a_reason():
    (problem,) = problems(by_cause(BY_CAUSE))
    assert (problem.key, problem.found) == ("coverages.accident_death.pays", "「溺水」没有写")
    assert "otherwise" in problem.expected
    reason = BY_CAUSE.replace("      cases:", "      otherwise: 溺水不赔\n      cases:")
    assert problems(by_cause(reason)) == ()


def refused(text):
    with pytest.raises(NotComposed) as caught:
        nodes_of(text)
    return caught.value.fault


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_is_counted_before_anything_is_built(opening):
    closing = {"[": "]", "{a: ": "}", "- ": ""}[opening]
    assert nodes_of(opening * DEEPEST + "x" + closing * DEEPEST) is not None
    for depth in (DEEPEST + 1, 100_000):
        fault = refused("a: 1\nb:\n  " + opening * depth)
        assert (fault.line, "层以上" in fault.found) == (3, True)


def test_a_reference_is_refused_at_its_line():
    assert refused("a: 1\nb: &x {c: 1}\n").line == 2
    assert refused("a: 1\nb: 1\nc: *x\n").line == 3
    assert refused("a: &x 1\nb: *x\n").line == 1


def marks(node):
    here = (node.tag, node.start_mark.line, node.start_mark.index, node.end_mark.index)
    if isinstance(node, yaml.ScalarNode):
        return (*here, node.value)
    children = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
    return (*here, [marks(child) for child in children])


@pytest.mark.parametrize("name", documents())
def test_both_parsers_give_the_same_nodes_at_the_same_places(name):
    text = documents()[name]
    assert marks(nodes_of(text)) == marks(yaml.compose(text, yaml.SafeLoader))


def test_a_byte_order_mark_moves_no_place():
    text = "\ufeff" + documents()[SAMPLE]
    loaded = load_document(text, "x.yaml")
    assert loaded.problems == ()
    place = next(place for place in loaded.places if place.key == "premium.rate.value")
    assert text[place.start : place.end] == '"20.00"'


def test_signs_outside_the_basic_plane_move_no_place():
    text = documents()[SAMPLE].replace("short_title: 2024年", "short_title: 𠮷𠮷2024年")
    place = next(place for place in load_document(text, "x.yaml").places if place.key == "premium.rate.value")
    assert text[place.start : place.end] == '"20.00"'


@pytest.mark.parametrize("value", ["三" * 1_000_000, '"' + "三" * 1_000_000 + '"', "[" + "1, " * 100_000 + "1]"])
def test_a_huge_text_is_read_in_good_time(value):
    started = time.perf_counter()
    assert nodes_of(f"a:\n  {value}\n") is not None
    assert time.perf_counter() - started < 10


def test_without_libyaml_the_same_is_read(monkeypatch):
    fast = load_document(documents()[SAMPLE], "x.yaml")
    monkeypatch.setattr(composing, "_Fast", yaml.SafeLoader)
    slow = load_document(documents()[SAMPLE], "x.yaml")
    assert (slow.problems, slow.places) == (fast.problems, fast.places)

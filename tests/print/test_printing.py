"""Documents as PDF: what stands on them, on how many pages, and that data is never markup."""

import re
import shutil
import subprocess
from decimal import Decimal

import pytest

from office.printing import PrintFailed, render_pdf
from tests.print import made

HOSTILE = '#set page(fill: red) *粗* _斜_ $x^2$ @ref <lab> `raw` // 注 /* 注 */ [甲] {乙} \\u{41} "引" ~ -- =='


@pytest.fixture(scope="session")
def read_pdf():
    if not shutil.which("pdftotext"):
        pytest.skip("没有 pdftotext，装上 poppler-utils 后才能核对 PDF 里的文字")

    def read(pdf: bytes) -> str:
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
        return done.stdout.decode()

    return read


@pytest.fixture(scope="session")
def words_of(read_pdf):
    """The text without any blank, since a wrapped cell comes back in pieces."""
    return lambda pdf: re.sub(r"[\s\u200b]", "", read_pdf(pdf))


DOCUMENTS = [("statement", made.statement), ("allocation", made.allocation), ("table", made.roster)]


@pytest.mark.parametrize(("document", "make"), DOCUMENTS)
def test_every_document_is_a_pdf(document, make):
    assert render_pdf(document, make()).startswith(b"%PDF-")


@pytest.mark.parametrize(("document", "make"), DOCUMENTS)
def test_same_data_gives_the_same_bytes(document, make):
    assert render_pdf(document, make()) == render_pdf(document, make())


@pytest.mark.parametrize(("document", "make"), DOCUMENTS)
def test_every_page_says_where_it_belongs(document, make, read_pdf):
    pages = read_pdf(render_pdf(document, make())).removesuffix("\f").split("\f")
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in re.sub(r"\s", "", page)
        assert "校验码 A81D-3F06" in page
        assert "打印 2022-02-18 14:06" in page
        assert "某区财政局 李某" in page


def test_statement_shows_the_sum_in_figures_and_in_capitals(words_of):
    text = words_of(render_pdf("statement", made.statement()))
    for expected in [
        "理算书", "WZ21-00033", "5001************2X", "6217********0245", "−18,000.00", "五（二）", "只看是否达到，不扣",
        "人民币叁仟元整", "理算：彭某", "核赔：唐某", "承保机构（盖章）", "口径说明",
    ]:  # fmt: skip
        assert expected in text


def test_statement_of_a_denied_claim_gives_the_reason(words_of):
    denied = {
        "payable": "0.00",
        "capital": "人民币零元整",
        "reason": "未达到起付线",
        "interpretations": [],
        "formula": "",
    }
    text = words_of(render_pdf("statement", made.statement() | denied))
    assert "未达到起付线" in text
    assert "口径说明" not in text
    assert "算式" not in text


def test_statement_before_adjustment_is_printed_without_steps():
    assert render_pdf("statement", made.statement() | {"steps": []}).startswith(b"%PDF-")


def test_allocation_shows_subtotals_and_the_grand_total(words_of):
    text = words_of(render_pdf("allocation", made.allocation()))
    for expected in [
        "重庆市万州区2021年巩固脱贫保保费分配表", "某某49镇", "小计24个", "小计25个", "6,900,000.00", "13,903,370.00",
        "人民币陆佰玖拾万元整", "人民币壹仟叁佰玖拾万叁仟叁佰柒拾元整", "制表（盖章）", "复核", "负责人",
    ]:  # fmt: skip
        assert expected in text


def test_allocation_repeats_columns_and_insurer_on_the_next_page(read_pdf):
    second = read_pdf(render_pdf("allocation", made.allocation())).split("\f")[1]
    assert "乡镇（街道）" in second
    assert "另某某人寿保险股份有限公司万州中心支公司" in second


def test_allocation_with_payers_lies_on_its_side_and_prints_every_column(words_of):
    """Households and five payers, each with a sum of twelve figures."""
    columns = [("persons", "人数", "count"), ("households", "户数", "count"), ("premium", "保费", "money")]
    columns += [(f"share_{n}", f"出资方{n}", "money") for n in range(5)]
    more = {"households": "98,765"} | {f"share_{n}": f"{n}12,345,678.90" for n in range(5)}
    sheet = made.allocation()
    parts = [part | more | {"rows": [row | more for row in part["rows"]]} for part in sheet["parts"]]
    named = [{"key": key, "title": title, "kind": kind} for key, title, kind in columns]
    text = words_of(
        render_pdf("allocation", sheet | more | {"columns": named, "parts": parts, "carried": "上年结余抵减"})
    )
    assert all(words in text for words in ("出资方4（元）", "412,345,678.90", "98,765", "上年结余抵减"))


def test_allocation_without_townships_is_still_a_sheet():
    assert render_pdf("allocation", made.allocation() | {"parts": []}).startswith(b"%PDF-")


def test_four_hundred_rows_repeat_the_header_on_each_page(read_pdf):
    pages = read_pdf(render_pdf("table", made.roster(400))).removesuffix("\f").split("\f")
    assert 9 <= len(pages) <= 12
    assert all("身份证号" in page for page in pages)
    assert sum(page.count("5001************2X") for page in pages) == 400
    assert "60,000.00" in pages[-1]


def test_table_without_rows_or_total(words_of):
    empty = made.roster(0) | {"total": [], "below": [], "seals": [], "landscape": True}
    assert "大周镇铺垭村参保名册" in words_of(render_pdf("table", empty))


def test_table_refuses_a_row_with_a_missing_cell():
    ragged = made.roster(2)
    ragged["rows"][1].pop()
    with pytest.raises(PrintFailed, match="第 2 行有 4 格，应与列数 5 相同"):
        render_pdf("table", ragged)


@pytest.mark.parametrize(
    ("document", "make", "key"),
    [
        ("statement", made.statement, "person"),
        ("allocation", made.allocation, "title"),
        ("table", made.roster, "title"),
    ],
)
def test_markup_in_data_is_printed_as_it_stands(document, make, key, words_of):
    text = words_of(render_pdf(document, make() | {key: HOSTILE}))
    assert all(token in text for token in HOSTILE.split())


def test_markup_in_cells_is_printed_as_it_stands(words_of):
    roster = made.roster(1)
    roster["rows"][0][3] = HOSTILE
    assert all(token in words_of(render_pdf("table", roster)) for token in HOSTILE.split())


def test_long_names_are_printed_whole(words_of):
    name, latin = "某" * 38, "A" * 60
    text = words_of(render_pdf("statement", made.statement() | {"insurer": name, "place": latin}))
    assert sum(map(len, re.findall("某{9,}", text))) >= 38 - 9
    assert text.count("A") >= 60


def test_unseen_marks_are_left_out(words_of):
    text = words_of(render_pdf("statement", made.statement() | {"payee": "谭\x00某\u202e华\u200b甲"}))
    assert "谭某华甲" in text


@pytest.mark.parametrize("document", ["letter", "common", "../print/table", ""])
def test_missing_template_is_named(document):
    with pytest.raises(KeyError, match=f"没有文书模板「{re.escape(document)}」"):
        render_pdf(document, {})


@pytest.mark.parametrize("value", [3000.0, Decimal("3000.00"), float("nan")])
def test_numbers_that_are_not_whole_must_come_as_text(value):
    with pytest.raises(TypeError):
        render_pdf("statement", made.statement() | {"payable": value})


def test_float_is_named_with_its_place():
    roster = made.roster(2)
    roster["rows"][1][4] = 1.5
    with pytest.raises(TypeError, match=r"data\.rows\[1\]\[4\] 是浮点数"):
        render_pdf("table", roster)


def test_missing_key_is_named():
    unfinished = made.statement()
    del unfinished["steps"]
    with pytest.raises(PrintFailed, match=r"文书「statement」没有印成.*steps"):
        render_pdf("statement", unfinished)


def test_a_print_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr("office.printing.WALL_SECONDS", 0.001)
    with pytest.raises(PrintFailed, match="没有印完，应分批打印"):
        render_pdf("table", made.roster(400))

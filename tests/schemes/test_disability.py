"""The disability scale: looked up, chosen in a report, brought back for correction, printed, kept by the administrator."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.models import Claim
from claims.presenting import fact_lines
from claims.printing import statement_data
from config.management.commands.prepare import FIXTURES
from office.printing import render_pdf
from orgs.models import AuditEvent
from schemes.disability import load_items, which_counts
from schemes.disability_field import DisabilityField
from schemes.models import DisabilityItem
from tests.cast import Cast, claim_in, enrol, posted, read_edition, report_of, reread, step
from tests.ground import everything

BOTH_HANDS, TEETH_AND_MORE, DOUBTFUL = "7.3-01", "2.1-07", "7.3-04"  # grades 4, 7 and, in doubt, 5
DISABILITY = {
    "event": "accident_disability",
    "accident_date": "2021-05-01",
    "same_accident": True,
    "disability_items": [{"grade": 7, "item": TEETH_AND_MORE}, {"grade": 4, "item": BOTH_HANDS}, {"grade": 9}],
}
HEAD = ("编号", "大类号", "大类", "小类号", "小类", "条文", "等级", "来源")


def disability_report(**changes: Any) -> Any:
    return report_of("accident_death_disability", facts=DISABILITY | changes, payee="insured", payee_name="谭某华")


def cleaned(*rows: tuple[str, str], grades: tuple[int, ...] = tuple(range(1, 11))) -> list[dict[str, object]]:
    field = DisabilityField(grades=grades, required=False)
    data = {
        f"d-{at}-{name}": text for at, row in enumerate(rows) for name, text in zip(("item", "grade"), row, strict=True)
    }
    return field.clean(field.widget.value_from_datadict(data, {}, "d"))


def problems(*rows: tuple[str, str], **more: Any) -> str:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        cleaned(*rows, **more)
    return "\n".join(refused.value.messages)


# --- the scale ------------------------------------------------------------------------------------------------------
def test_every_row_of_the_source_is_there_once_and_stays_as_the_administrator_left_it(db: None) -> None:
    with (FIXTURES / "disability" / "items.csv").open(encoding="utf-8-sig") as file:
        rows = {(row["item_id"], row["text"], int(row["grade"]), row["verification"]) for row in csv.DictReader(file)}
    assert set(DisabilityItem.objects.values_list("code", "text", "grade", "source")) == rows
    DisabilityItem.objects.filter(code=DOUBTFUL).update(grade=6, source="official")
    DisabilityItem.objects.filter(code=BOTH_HANDS).delete()
    assert load_items() == 1
    assert DisabilityItem.objects.get(code=DOUBTFUL).grade == 6
    assert load_items() == 0


def test_every_doubtful_row_says_what_is_doubtful(cast: Cast, login) -> None:
    client = login(cast.clerk)
    for source in ("S1-ocr", "S1-infer", "S2only"):
        item = DisabilityItem.objects.filter(source=source).first()
        assert "存疑" in client.get("/disability/", {"q": item.code}).content.decode(), source
    assert "存疑" not in client.get("/disability/", {"q": BOTH_HANDS}).content.decode()


@pytest.mark.parametrize(
    ("query", "found", "left_out"),
    [
        ({"q": "双手 缺失"}, "双手完全缺失", "植物状态"),
        ({"q": "双手　缺失"}, "双手完全缺失", "植物状态"),
        ({"q": "（双手，缺失)"}, "双手完全缺失", "植物状态"),
        ({"q": "7.3-01"}, "双手完全缺失", "双手完全丧失功能"),
        ({"category": "1"}, "植物状态", "双侧眼球缺失"),
        ({"category": "1", "grade": "10"}, "外伤性脑脊液鼻漏", "植物状态"),
        ({"grade": "²", "category": "x"}, "外伤性脑脊液鼻漏", "没有符合的项目"),
        ({"q": "植物状态", "grade": "3"}, "没有符合的项目", "颅脑损伤导致植物状态"),
        ({"q": "%"}, "90%", "颅脑损伤导致植物状态"),
    ],
)
def test_items_are_found_by_words_category_and_grade(query, found: str, left_out: str, cast: Cast, login) -> None:
    page = login(cast.clerk).get("/disability/", query).content.decode()
    assert found in page
    assert left_out not in page


def test_the_list_is_paginated(cast: Cast, login) -> None:
    page = login(cast.finance).get("/disability/", {"page": "3", "size": "50"}).content.decode()
    assert page.count('<th scope="row"') == 50


# --- which grade counts ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("grades", "grade", "why"),
    [
        ([], 0, ""),
        ([7], 7, "按 7 级计"),
        ([5, 8, 8], 5, "最重的 5 级为准"),
        ([5, 5, 8], 4, "5 级有 2 处，晋一级"),
        ([8, 8, 8], 7, "8 级有 3 处，晋一级"),
        ([1, 1], 1, "已是最高，不再晋级"),
    ],
)
def test_which_grade_counts_and_why(grades: list[int], grade: int, why: str) -> None:
    counting = which_counts(grades)
    assert counting.grade == grade
    assert why in counting.why


def test_an_edition_may_combine_in_another_way() -> None:
    assert which_counts([5, 5], "worst").why == "按 5 级计：几处伤残以最重的 5 级为准"
    assert "相加" in which_counts([5, 5], "added_up").why


def test_the_picker_is_told_which_grade_counts(cast: Cast, login) -> None:
    rows = {"field": "d", "d-0-item": f"{BOTH_HANDS} 双手完全缺失", "d-1-grade": "4", "d-2-item": DOUBTFUL}
    page = login(cast.clerk).get("/disability/grade/", rows).content.decode()
    assert "按 3 级计：最重的 4 级有 2 处，晋一级" in page
    assert f"{DOUBTFUL} 存疑" in page
    twice = login(cast.clerk).get("/disability/grade/", {"field": "d", "d-0-item": "7.3-01", "d-1-item": "7.3-01"})
    assert "只能评定一次" in twice.content.decode()
    nothing = login(cast.clerk).get("/disability/grade/", {"d-0-grade": "二", "field": "d", "d-1-grade": "99"})
    assert "级计" not in nothing.content.decode()


def test_options_name_code_words_and_grade(cast: Cast, login) -> None:
    client = login(cast.clerk)
    page = client.get("/disability/options/", {"q": "双手完全"}).content.decode()
    assert 'data-value="7.3-01 双手完全缺失" data-grade="4"' in page
    assert "没有找到" in client.get("/disability/options/", {"q": "<b>拇指"}).content.decode()
    assert "还有更多" in client.get("/disability/options/", {"q": "缺失"}).content.decode()


# --- what is typed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "stored"),
    [
        ((BOTH_HANDS, ""), {"grade": 4, "item": BOTH_HANDS}),
        ((f"{BOTH_HANDS} 双手完全缺失", "4"), {"grade": 4, "item": BOTH_HANDS}),
        (("７.３－０１", "4"), {"grade": 4, "item": BOTH_HANDS}),
        (("双手完全缺失", ""), {"grade": 4, "item": BOTH_HANDS}),
        (("植物", ""), {"grade": 1, "item": "1.3-01"}),
        (("", "9"), {"grade": 9}),
        ((DOUBTFUL, "6"), {"grade": 6, "item": DOUBTFUL}),  # the assessment decides where the source is in doubt
    ],
)
def test_a_row_says_an_item_a_grade_or_both(row: tuple[str, str], stored: dict[str, object], db: None) -> None:
    assert cleaned(row) == [stored]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("9.9-99", ""), "没有编号 9.9-99"),
        (("拇指", "5"), "没有找到“拇指”"),
        (("双手", ""), "不止一项，请写编号：7.3-01 双手完全缺失"),
        ((BOTH_HANDS, "5"), "在标准里是 4 级，这里选的是 5 级"),
        (("", "11"), "等级是“11”，应是 1 到 10 级"),
        (("", "²"), "等级是“²”"),
        (("，（）", ""), "没有找到"),
    ],
)
def test_a_wrong_row_is_named(row: tuple[str, str], sentence: str, db: None) -> None:
    assert sentence in problems(("", "9"), row)
    assert "第 2 项" in problems(("", "9"), row)


def test_all_wrong_rows_are_named_at_once(db: None) -> None:
    assert {"第 1 项", "第 3 项"} <= {line[:5] for line in problems(("9.9-99", ""), ("", "9"), ("", "12")).split("\n")}


def test_another_scale_takes_grades_alone(db: None) -> None:
    assert cleaned((BOTH_HANDS, "3"), grades=(1, 2, 3)) == [{"grade": 3}]
    assert "应是 1 到 3 级" in problems(("", "4"), grades=(1, 2, 3))
    assert "d-0-item" not in str(DisabilityField(grades=(1, 2, 3)).widget.render("d", [], {"id": "d"}))


# --- in a claim -----------------------------------------------------------------------------------------------------
def test_items_go_into_the_claim_and_come_back_for_correction(cast: Cast, login) -> None:
    person, client = enrol(), login(cast.clerk)
    answer = client.post(f"/claims/new/{person.pk}/", posted(disability_report()))
    assert answer.status_code == 302, answer.content.decode()
    with everything():
        claim = Claim.objects.get()
    assert claim.facts["disability_items"] == DISABILITY["disability_items"]
    claim = step(claim, "return", cast.adjuster)
    form = client.get(f"/claims/{claim.number}/correct/").content.decode()
    assert 'value="7.3-01 双手完全缺失"' in form
    assert f'value="{TEETH_AND_MORE} 一侧眼球缺失"' in form
    assert "按 4 级计" in form
    body = posted(disability_report(disability_items=[{"grade": 4, "item": "7.3-01 双手完全缺失"}, {"grade": 4}]))
    client.post(f"/claims/{claim.number}/correct/", body | {"version": claim.version})
    assert reread(claim).facts["disability_items"] == [{"grade": 4, "item": BOTH_HANDS}, {"grade": 4}]


def test_more_items_than_rows_all_come_back(cast: Cast, login) -> None:
    many = [{"grade": 9}] * 8
    claim = claim_in("returned", cast, what=disability_report(disability_items=many))
    form = login(cast.clerk).get(f"/claims/{claim.number}/correct/").content.decode()
    assert form.count('<option value="9" selected>') == 8
    assert 'name="fact_disability_items-8-grade"' in form


def test_a_wrong_item_stands_beside_its_field_and_stays_typed(cast: Cast, login) -> None:
    wrong = disability_report(disability_items=[{"item": "9.9-99", "grade": 3}])
    answer = login(cast.clerk).post(f"/claims/new/{enrol().pk}/", posted(wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_fact_disability_items"' in page
    assert 'value="9.9-99"' in page
    assert 'aria-describedby="id_fact_disability_items-error' in page


def test_page_and_print_name_the_items(cast: Cast, login) -> None:
    claim = claim_in("adjusted", cast, what=disability_report())
    terms = read_edition().terms
    lines = {line.label: line.value for line in fact_lines(terms, terms.coverages[claim.coverage], claim.facts)}
    named = f"{TEETH_AND_MORE} 一侧眼球缺失，7 级；{BOTH_HANDS} 双手完全缺失，4 级；9 级"
    assert lines["伤残项目"] == named
    assert named in login(cast.adjuster).get(f"/claims/{claim.number}/").content.decode()
    printed = statement_data(claim, cast.adjuster)
    assert printed["disability"] == named
    assert render_pdf("statement", printed).startswith(b"%PDF-")
    other = claim_in("adjusted", cast, enrol(n=2, household="H002"))
    assert "disability" not in statement_data(other, cast.adjuster)


# --- kept by the administrator --------------------------------------------------------------------------------------
def sent(*rows: tuple[object, ...], head: tuple[str, ...] = HEAD) -> dict[str, SimpleUploadedFile]:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (head, *rows):
        book.active.append(row)
    book.save(out)
    return {"file": SimpleUploadedFile("项目.xlsx", out.getvalue())}


MISSING = ("8.2-15", 8, "皮肤和有关的结构和功能", "8.2", "各部位皮肤", "某一条文", 10, "已对照标准原件")
IMPORT = "/lists/disability-items/import/"


def test_the_administrator_adds_the_missing_item_and_mends_a_doubtful_one(cast: Cast, login) -> None:
    old = DisabilityItem.objects.get(code=DOUBTFUL)
    mended = (old.code, 7, old.category, "7.3", old.subcategory, old.text, 5, "已对照标准原件")
    client = login(cast.administrator)
    assert "新增 1，更新 1" in client.post(IMPORT, sent(MISSING, mended)).content.decode()
    added = DisabilityItem.objects.get(code="8.2-15")
    assert (added.grade, added.doubtful) == (10, False)
    assert not DisabilityItem.objects.get(code=DOUBTFUL).doubtful
    assert DisabilityItem.objects.last() == added, "in the order of the standard"
    with everything():
        assert AuditEvent.objects.filter(action="disability_item.save").count() == 2
    assert "某一条文" in client.get("/disability/", {"q": "8.2-15"}).content.decode()


def test_a_list_taken_out_goes_in_unchanged(cast: Cast, login) -> None:
    client = login(cast.administrator)
    content = client.get("/lists/disability-items/export.xlsx").content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert rows[0] == HEAD
    answer = client.post(IMPORT, {"file": SimpleUploadedFile("项目.xlsx", content)})
    assert "新增 0，更新 0" in answer.content.decode()


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (0, "八点二", "应写成 7.5-03 的样子"),
        (0, "8.3-01", "应以小类号开头：8.2-序号"),
        (1, "7", "应以大类号开头：7.几"),
        (1, "x", "“大类号”是“x”，应是 1 到 99 的数"),
        (5, "", "“条文”没有填"),
        (5, "长" * 201, "最多 200 个"),
        (6, 11, "“等级”是“11”，应是 1 到 10 的数"),
        (6, 0, "应是 1 到 10 的数"),
        (7, "听说", "“来源”是“听说”，应为：已对照标准原件"),
    ],
)
def test_a_wrong_row_of_the_list_changes_nothing(at: int, value: object, sentence: str, cast: Cast, login) -> None:
    wrong = (*MISSING[:at], value, *MISSING[at + 1 :])
    answer = login(cast.administrator).post(IMPORT, sent(MISSING, wrong))
    assert sentence in answer.content.decode()
    assert "第 3 行" in answer.content.decode()
    assert not DisabilityItem.objects.filter(code="8.2-15").exists()

"""The 批单 says what the screen says, in one page, and nothing in it becomes markup."""

import pytest

from enrollment.endorsement_paper import endorsement_data, endorsement_pdf
from enrollment.models import Endorsement
from orgs.scope import acting, scope_of, visible
from tests.cast import OWN, Cast, enrol, id_number
from tests.enrollment.endorsing import addition, agree, correction
from tests.print.test_printing import read_pdf, words_of

__all__ = ["read_pdf", "words_of"]


@pytest.fixture
def slips(cast: Cast) -> dict[str, Endorsement]:
    person = enrol(OWN, 1)
    agree(
        addition(by=cast.clerk, n=50, name="增某#strong[人]", proof="#eval(1)", account="6217000000000000050"),
        cast.adjuster,
    )
    agree(correction(person, cast.clerk, name="谭某花", account="6217000000000777777"), cast.adjuster, opinion="材料齐")
    with acting(scope_of(cast.clerk)):
        related = ("edition", "township", "village", "insurer", "asked_by__organization", "decided_by__organization")
        return {one.kind: one for one in visible(Endorsement, cast.clerk).select_related(*related)}


def test_an_addition_prints_its_arithmetic_its_clause_and_no_secret(
    cast: Cast, slips: dict[str, Endorsement], words_of
) -> None:
    with acting(scope_of(cast.clerk)):
        pdf, code = endorsement_pdf(slips["add"], cast.clerk)
    text = words_of(pdf)
    for word in ("批单（增员）", "WZ21-P0001", "增某#strong[人]", "#eval(1)", "2021-06-01", "追溯起保", "130.00", "130元/年/人",
                 "人民币壹佰叁拾元整", "承保机构（盖章）", code, "第1页共1页"):  # fmt: skip
        assert word in text, word
    assert id_number(50) not in text
    assert "6217000000000000050" not in text


def test_a_correction_prints_both_and_the_same_code_each_time(cast: Cast, slips: dict[str, Endorsement]) -> None:
    with acting(scope_of(cast.clerk)):
        first, again = (endorsement_data(slips["correct"], by) for by in (cast.clerk, cast.adjuster))
    assert first["code"] == again["code"]
    assert {(one["label"], one["former"], one["value"]) for one in first["changes"]} == {
        ("姓名", "谭某华", "谭某花"), ("银行账号", "*** **** **** **** 0001", "*** **** **** **** 7777"),
    }  # fmt: skip

"""The worked payouts of the notice once more, this time as claims: stored facts, earlier claims, adjustment."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from calc.money import from_fen, to_fen, yuan
from claims.models import Claim
from tests.cast import FACTS, Cast, bring_to, enrol, id_number, report, report_of, reread
from tests.ground import everything
from tests.rules.editions import cases

PAYING = [case for case in cases("payouts") if case["edition"] == "wanzhou-2021" and "payable" in case]
ONE_STOP = {"major_illness_inpatient", "chronic_outpatient"}
HEIR = {"payee_name": "谭某继", "payee_relation": "子", "payee_id_number": id_number(8001)}
STUDENT = {"in_school": True, "first_diagnosis": True}


def facts_of(case: dict[str, Any]) -> dict[str, Any]:
    """The case's facts with the dates and places that a claim must tell; a birth date comes from the ID number."""
    given = {code: value.isoformat() if isinstance(value, date) else value for code, value in case["facts"].items()}
    given.pop("birth_date", None)
    if grade := given.pop("disability_grade", None):
        given["disability_items"] = [{"grade": grade}]
    told = {
        code: value
        for code, value in FACTS.get(case["coverage"], STUDENT).items()
        if code not in {"paid_by", "death_date"}
    }
    if given.get("event") in {"accident_death", "illness_death"}:
        told["death_date"] = "2021-06-01"
    return told | given


def paid_before(person, cast: Cast, case: dict[str, Any]) -> None:
    """Earlier approved claims of the same person, as the case tells them."""
    for entry in case.get("paid_before", ()):
        earlier = report(person, cast.clerk, report_of(entry["coverage"]), another_event=True)
        with everything():
            Claim.objects.filter(pk=earlier.pk).update(
                state="approved", adjusted_fen=to_fen(yuan(entry["amount"])), event_date=date(2021, 2, 1)
            )


@pytest.mark.parametrize("case", PAYING, ids=lambda case: case["id"])
def test_a_claim_pays_what_the_case_says(case: dict[str, Any], cast: Cast) -> None:
    born = case["facts"].get("birth_date", date(1970, 1, 1))
    person = enrol(born=born, household="")
    paid_before(person, cast, case)
    payee = "heir" if "death" in str(case["facts"].get("event")) else "insured"
    what = replace(report_of("accident_medical"), coverage=case["coverage"], facts=facts_of(case), payee=payee, **HEIR)
    if case["coverage"] in ONE_STOP:
        what = replace(what, not_one_stop_reason="out_of_area")
    claim = bring_to(report(person, cast.clerk, what, another_event=True), "adjusted", cast)
    assert f"{from_fen(reread(claim).adjusted_fen or 0):.2f}" == case["payable"]

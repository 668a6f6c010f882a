"""What is sent twice is done once; what is counted together has one height."""

from dataclasses import replace
from uuid import uuid4

import pytest

from claims.models import LimitUse
from claims.services.papers import PaperRefused, remove_paper
from orgs.models import Organization
from schemes.services import EditionRefused, store_edition
from tests.cast import OWN, Cast, bring_to, claim_in, enrol, paper_on, read_edition, report, report_of, step
from tests.ground import everything


def test_the_same_form_sent_again_is_the_same_claim(cast: Cast) -> None:
    person, what = enrol(OWN, 1), replace(report_of(), key=uuid4())
    first = report(person, cast.clerk, what)
    again = report(person, cast.clerk, what, another_event=True)
    other = report(person, cast.clerk, replace(what, key=uuid4()), another_event=True)
    assert again.number == first.number != other.number


def test_a_better_house_raises_the_height_of_its_count(cast: Cast) -> None:
    person = enrol(OWN, 1, household="0001")
    poor = report_of("rural_housing", facts_structure="bamboo_and_thatch", facts_assessed_loss="10000.00")
    good = report_of(
        "rural_housing", facts_structure="adobe", facts_assessed_loss="15000.00", facts_damaged_on="2021-09-09"
    )
    for what in (poor, good):
        bring_to(report(person, cast.clerk, what), "approved", cast)
    with everything():
        use = LimitUse.objects.get(limit="house_limit")
    assert (use.limit_fen, use.used_fen) == (2_500_000, 2_500_000)


def test_a_paper_stays_once_the_claim_is_accepted(cast: Cast) -> None:
    claim = claim_in("reported", cast)
    paper = paper_on(claim, cast.clerk)
    bring_to(claim, "accepted", cast)
    with everything(), pytest.raises(PaperRefused, match="已受理"):
        remove_paper(paper=paper, by=cast.clerk)


def test_an_insurer_of_another_county_is_not_taken_for_ours(cast: Cast, db: None) -> None:
    edition = read_edition()
    with everything():
        ours = Organization.objects.get(name__startswith="中国平安财产保险")
        ours.region = type(ours.region).objects.get(code="500111000000")
        ours.save(update_fields=["region"])
        document = edition.document.replace("code: wanzhou-2021", "code: wanzhou-2022", 1)
        with pytest.raises(EditionRefused, match="不是本地的承保机构"):
            store_edition(document=document, name="wanzhou-2022.yaml", by=None)


def test_an_approval_taken_back_gives_its_limit_back(cast: Cast) -> None:
    person = enrol(OWN, 1)
    claim = bring_to(report(person, cast.clerk, report_of("accident_medical")), "approved", cast)
    with everything():
        use = LimitUse.objects.get(limit="accident_medical_maximum")
        assert use.used_fen == claim.adjusted_fen > 0
    revoked = step(claim, "revoke", cast.approver, opinion="银行账号有误")
    with everything():
        use.refresh_from_db()
    assert (use.used_fen, revoked.state, revoked.adjusted_fen, revoked.approved_by_id) == (0, "accepted", None, None)
    again = step(step(revoked, "adjust", cast.adjuster), "submit", cast.adjuster)
    again = step(again, "approve", cast.approver)
    assert again.adjusted_fen == claim.adjusted_fen

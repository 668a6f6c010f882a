"""An ID number put right: one person over the years, whose limits keep counting."""

import pytest

from claims.models import ClaimStep, LimitUse, Payment
from claims.services.adjusting import recompute_claim
from enrollment.corrections import linked_indexes
from enrollment.models import Enrollment, IdCorrection
from enrollment.services.correcting import CorrectionRefused, RightNumber, correct_id
from orgs.crypto import blind_index
from orgs.models import AuditEvent, User
from orgs.scope import acting, scope_of
from orgs.versions import EditConflict
from tests.cast import (
    FAR,
    NEAR,
    OWN,
    Cast,
    bring_to,
    claim_in,
    enrol,
    id_number,
    report,
    report_of,
    reread,
    roster_book,
    run_waiting_jobs,
    step,
    uploaded,
)
from tests.enrollment.test_import import rows_of
from tests.ground import everything
from tests.people.test_entering import enter, row
from tests.people.test_person_page import last_year, page

pytestmark = pytest.mark.django_db


def correct(person: Enrollment, number: str, by: User, *, version: int | None = None) -> Enrollment:
    right = RightNumber(number, "typing", "户口簿第 3 页")
    with acting(scope_of(by)):
        correct_id(person=person, right=right, by=by, read_version=version or person.version)
    with everything():
        return Enrollment.objects.select_related("edition__place", "township", "village", "insurer").get(pk=person.pk)


def expense(n: int, amount: str) -> dict:
    """An accident's bill of which nothing was paid elsewhere; each on its own day."""
    return {
        "facts_accident_date": f"2021-05-{n:02d}",
        "facts_eligible_expense": amount,
        "facts_paid_by": {"basic_medical": "0.00"},
    }


def settle(person: Enrollment, n: int, amount: str, cast: Cast) -> int | None:
    """What is approved of the bill, in fen; None where nothing is left."""
    claim = report(person, cast.clerk, report_of("accident_medical", **expense(n, amount)), another_event=True)
    claim = bring_to(claim, "adjusted", cast)
    if not claim.adjusted_fen:
        return None
    claim = step(claim, "submit", cast.adjuster)
    return step(claim, "approve", cast.approver).adjusted_fen


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize(
    "bills", [("1000.00", "2500.00", "4000.00"), ("4999.99", "0.02", "10.00"), ("5000.00", "1.00", "1.00")]
)
def test_what_was_used_before_the_correction_still_counts_after_it(
    bills: tuple[str, ...], after: int, cast: Cast
) -> None:
    """The same bills of somebody whose number was right from the beginning come to the same."""
    plain, wrong = enrol(n=1), enrol(n=2, name="谭某误", household="H002")
    expected = [settle(plain, n, amount, cast) for n, amount in enumerate(bills, start=1)]
    paid = []
    for n, amount in enumerate(bills, start=1):
        paid.append(settle(wrong, n, amount, cast))
        if n == after:
            wrong = correct(wrong, id_number(50), cast.authority)
    assert paid == expected
    with everything():
        used = {use.holder: use.used_fen for use in LimitUse.objects.filter(limit="accident_medical_maximum")}
    assert used[f"person:{blind_index(id_number(50))}"] == used[f"person:{blind_index(id_number(1))}"]
    assert used[f"person:{blind_index(id_number(2))}"] == 0


def test_a_settled_claim_follows_and_comes_to_the_same_for_ever(cast: Cast) -> None:
    person = enrol(n=1)
    claim = claim_in("paid", cast, person)
    correct(person, id_number(50), cast.authority)
    after = reread(claim)
    with everything():
        assert (after.id_number.reveal(), after.payee_id_number.reveal()) == (id_number(50), id_number(50))
        assert after.adjusted_fen == claim.adjusted_fen == round(recompute_claim(after).payable * 100)
        assert Payment.objects.get().id_index == after.id_index == blind_index(id_number(50))
        assert after.version == claim.version + 1
        assert ClaimStep.objects.filter(claim=after, action="correct_id").count() == 1


def test_a_benefit_paid_once_is_not_paid_again_under_the_right_number(cast: Cast) -> None:
    person = enrol(n=1)
    claim_in("paid", cast, person, report_of("illness_death"))
    person = correct(person, id_number(50), cast.authority)
    assert claim_in("adjusted", cast, person, report_of("illness_death")).adjusted_fen == 0


def test_two_who_were_both_paid_are_not_made_one(cast: Cast) -> None:
    """The right number has been paid for in another township, and its row was taken out since."""
    other = enrol(FAR, 50)
    claim_in("paid", cast, other, report_of("illness_death"))
    with everything():
        Enrollment.objects.filter(pk=other.pk).update(removed_at="2021-09-01T00:00:00Z")
    person = enrol(n=1, household="H002")
    claim_in("paid", cast, person, report_of("illness_death"))
    with pytest.raises(CorrectionRefused, match="重复领取"):
        correct(person, id_number(50), cast.authority)
    with everything():
        assert Enrollment.objects.get(pk=person.pk).id_index == blind_index(id_number(1))
        assert not IdCorrection.objects.exists()


def test_two_counts_that_together_pass_the_limit_are_not_added_up(cast: Cast) -> None:
    other = enrol(FAR, 50)
    what = report_of("accident_medical", **expense(1, "4000.00"))
    bring_to(report(other, cast.far_clerk, what), "approved", cast)
    with everything():
        Enrollment.objects.filter(pk=other.pk).update(removed_at="2021-09-01T00:00:00Z")
    person = enrol(n=1, household="H002")
    settle(person, 2, "1500.00", cast)
    with pytest.raises(CorrectionRefused, match="超过限额"):
        correct(person, id_number(50), cast.authority)


@pytest.mark.parametrize("place", [OWN, NEAR])
def test_a_number_on_a_roster_already_is_refused_without_telling_whose(place: str, cast: Cast) -> None:
    enrol(place, 50, name="谭某占", household="H009")
    with pytest.raises(CorrectionRefused) as refused:
        correct(enrol(n=1), id_number(50), cast.clerk)
    assert ("名册上已有" in str(refused.value)) == (place == OWN)
    assert "谭某占" not in str(refused.value)
    assert NEAR not in str(refused.value)


def test_a_clerk_may_as_long_as_nothing_was_claimed(cast: Cast) -> None:
    person = correct(enrol(n=1), id_number(50), cast.clerk)
    claim_in("reported", cast, person)
    with pytest.raises(CorrectionRefused, match="已报过案"):
        correct(person, id_number(51), cast.clerk)
    assert correct(person, id_number(51), cast.authority).id_number.reveal() == id_number(51)


def test_a_wrong_number_and_an_old_page_are_refused(cast: Cast) -> None:
    person = enrol(n=1)
    for number, words in ((id_number(50)[:-1] + "Y", "不该有的字"), ("", "没有填"), (id_number(1), "不用更正")):
        with pytest.raises(CorrectionRefused, match=words):
            correct(person, number, cast.authority)
    with pytest.raises(EditConflict):
        correct(person, id_number(50), cast.authority, version=9)


def test_the_link_goes_over_several_corrections_and_leaves_others_alone(cast: Cast) -> None:
    person = enrol(n=1)
    for number in (50, 51):
        person = correct(person, id_number(number), cast.authority)
    person_linked = {blind_index(id_number(n)) for n in (1, 50, 51)}
    assert all(linked_indexes(index) == person_linked for index in person_linked)
    assert linked_indexes(blind_index(id_number(2))) == {blind_index(id_number(2))}


def test_the_page_goes_on_over_the_correction_but_not_to_a_namesake_of_the_number(cast: Cast, login) -> None:
    """What was typed wrong may be somebody else's number: their rows stay theirs."""
    person = enrol(n=1)
    last_year(person)
    person = correct(person, id_number(50), cast.authority)
    client = login(cast.clerk)
    assert "上一年度方案" in page(client, person)
    assert "更正身份证号" in page(client, person)
    owner = enrol(n=1, name="别某人", household="H002")
    assert "上一年度方案" in page(client, person)
    assert "别某人" not in page(client, person)
    assert "谭某华" not in page(client, owner)


def test_a_correction_while_an_import_waits_is_not_undone_by_it(cast: Cast, login) -> None:
    """The preview was made with the old number on the roster; the confirmation must look again."""
    client = login(cast.clerk)
    assert enter(cast.clerk, row(3, "郑某丁")).batch
    batch = uploaded(roster_book(*rows_of(3)), cast.clerk)
    with everything():
        person = Enrollment.objects.get()
    correct(person, id_number(50), cast.clerk)
    client.post(f"/roster/import/{batch.pk}/confirm/", {"only_valid": "no"})
    run_waiting_jobs()
    with everything():
        assert [one.id_index for one in Enrollment.objects.all()] == [blind_index(id_number(50))]


def test_a_sheet_that_still_has_the_wrong_number_brings_nobody_back(cast: Cast) -> None:
    assert enter(cast.clerk, row(3, "郑某丁")).batch
    with everything():
        person = Enrollment.objects.get()
    correct(person, id_number(50), cast.clerk)
    batch = uploaded(roster_book(*rows_of(3)), cast.clerk)
    assert (batch.counts["invalid"], batch.counts["new"]) == (1, 0)
    owner = ("别某人", *rows_of(3)[0][1:])
    assert uploaded(roster_book(owner), cast.clerk, name="本人.xlsx").counts["new"] == 1


def test_the_next_import_with_the_right_number_finds_nothing_to_change(cast: Cast) -> None:
    assert enter(cast.clerk, row(3, "郑某丁")).batch
    with everything():
        person = Enrollment.objects.get()
    correct(person, id_number(50), cast.clerk)
    batch = uploaded(roster_book(("郑某丁", id_number(50), *rows_of(3)[0][2:])), cast.clerk)
    assert (batch.counts["unchanged"], batch.counts["new"], batch.counts["changed"]) == (1, 0, 0)


def test_it_is_on_record_without_a_number(cast: Cast, login) -> None:
    person = enrol(n=1)
    sent = {"number": id_number(50), "reason": "certificate", "proof": f"户口簿 {id_number(50)}", "version": "1"}
    assert login(cast.clerk).post(f"/roster/person/{person.pk}/correct-id/", sent).status_code == 302
    with everything():
        event = AuditEvent.objects.get(action="roster.correct_id")
        link = IdCorrection.objects.get()
        assert (event.target_id, event.detail) == (str(person.pk), {"reason": "certificate", "claims": 0})
        assert (link.proof, link.old_number.reveal()) == ("户口簿 ［号码］", id_number(1))


def test_a_refused_correction_is_told_beside_the_field(cast: Cast, login) -> None:
    person = enrol(n=1)
    sent = {"number": "123", "reason": "typing", "proof": "户口簿", "version": "1"}
    answer = login(cast.clerk).post(f"/roster/person/{person.pk}/correct-id/", sent)
    assert (answer.status_code, "应为18位" in answer.content.decode()) == (422, True)

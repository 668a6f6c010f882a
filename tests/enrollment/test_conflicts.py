"""名册裁定: the county sees both sides and decides once; neither township is told of the other."""

import pytest

from enrollment.models import RosterConflict
from enrollment.services.conflicts import DecisionRefused
from enrollment.services.uploading import UploadRefused, request_confirmation
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from orgs.versions import EditConflict
from tests.cast import NEAR, OWN, Cast, enrol, report, roster_book, uploaded, villages
from tests.enrollment.batches import book, confirmed, decided, on_roster, row, undone, waiting
from tests.enrollment.test_import import totals_agree
from tests.ground import everything


@pytest.fixture
def elsewhere(cast: Cast) -> RosterConflict:
    """Somebody of NEAR whom OWN names too."""
    enrol(NEAR, 1, name="郑某乙", group="近组")
    confirmed(book(1, 2), cast.clerk)
    return waiting()[0]


@pytest.fixture
def other_name(cast: Cast) -> RosterConflict:
    confirmed(book(1), cast.clerk)
    confirmed(roster_book(row(1, name="郑某异", village=1)), cast.clerk, name="又.xlsx")
    return waiting()[0]


def test_a_transfer_moves_the_person_and_both_sums(cast: Cast, elsewhere: RosterConflict) -> None:
    done = decided(elsewhere, "transfer", cast.authority)
    person = on_roster(1)
    assert (person.township.name, person.village, person.insurer_id) == (
        OWN,
        villages(OWN)[0],
        cast.adjuster.organization_id,
    )
    assert person.id_number.reveal() == row(1)[1]
    totals_agree()
    with everything():
        changes = done.decision_batch.changes.order_by("kind").values_list("kind", flat=True)
        assert list(changes) == ["added", "removed"]
        assert AuditEvent.objects.filter(action="roster.decide").count() == 1


def test_the_batch_of_a_decision_is_the_countys_alone(cast: Cast, login, elsewhere: RosterConflict) -> None:
    pk = decided(elsewhere, "transfer", cast.authority).decision_batch_id
    for clerk in (cast.clerk, cast.near_clerk):
        assert login(clerk).get(f"/roster/import/{pk}/").status_code == 404
    page = login(cast.authority).get(f"/roster/import/{pk}/").content.decode()
    assert ("区县裁定" in page, "撤销整批" in page) == (True, True)


def test_where_nothing_is_to_be_mended_nobody_is_told_to_mend(cast: Cast) -> None:
    confirmed(book(1), cast.clerk)
    batch = uploaded(roster_book(row(1, name="郑某异")), cast.clerk, name="又.xlsx")
    with acting(scope_of(cast.clerk)), pytest.raises(UploadRefused, match=r"^还有 1 行要由区县裁定.*其余送区县裁定$"):
        request_confirmation(batch=batch, only_valid=False, whole_villages=[], by=cast.clerk)


def test_keeping_changes_no_roster(cast: Cast, elsewhere: RosterConflict) -> None:
    done = decided(elsewhere, "keep", cast.authority, "户口仍在原乡镇")
    assert (on_roster(1).township.name, done.decision_batch_id, done.reason) == (NEAR, None, "户口仍在原乡镇")
    assert waiting() == []


def test_whoever_has_a_claim_is_not_moved(cast: Cast, login, elsewhere: RosterConflict) -> None:
    report(on_roster(1), cast.near_clerk)
    page = login(cast.authority).get(f"/roster/conflicts/{elsewhere.pk}/").content.decode()
    assert ("这个人已有案件" in page, "disabled" in page) == (True, True)
    with pytest.raises(DecisionRefused, match="已有案件"):
        decided(elsewhere, "transfer", cast.authority)
    assert (on_roster(1).township.name, len(waiting())) == (NEAR, 1)


def test_a_transfer_of_somebody_who_has_left_meanwhile_just_enrols(cast: Cast) -> None:
    other = confirmed(book(1, place=NEAR), cast.near_clerk, place=NEAR)
    confirmed(book(1), cast.clerk)
    undone(other, cast.near_clerk)
    decided(waiting()[0], "transfer", cast.authority)
    assert on_roster(1).township.name == OWN
    totals_agree()


def test_a_name_is_put_right_with_what_else_the_row_says(cast: Cast, other_name: RosterConflict) -> None:
    decided(other_name, "rename", cast.authority)
    person = on_roster(1)
    assert (person.name, person.initials, person.village, person.version) == (
        "郑某异",
        other_name.initials,
        villages(OWN)[1],
        2,
    )
    totals_agree()
    again = uploaded(roster_book(row(1, name="郑某异", village=1), row(2)), cast.clerk, name="三.xlsx")
    assert (again.counts["unchanged"], again.counts["new"]) == (1, 1)


def test_the_former_name_may_stay(cast: Cast, other_name: RosterConflict) -> None:
    decided(other_name, "keep_name", cast.authority)
    assert on_roster(1).name == "郑某乙"


@pytest.mark.parametrize(
    ("decision", "reason"),
    [("transfer", ""), ("transfer", "   "), ("rename", "理由"), ("", "理由"), ("keep", "长" * 201)],
)
def test_what_is_incomplete_is_refused(cast: Cast, elsewhere: RosterConflict, decision: str, reason: str) -> None:
    with pytest.raises(DecisionRefused):
        decided(elsewhere, decision, cast.authority, reason)
    assert len(waiting()) == 1


def test_the_second_to_decide_is_told(cast: Cast, login, elsewhere: RosterConflict) -> None:
    decided(elsewhere, "keep", cast.authority)
    with pytest.raises(EditConflict):
        decided(elsewhere, "transfer", cast.second_authority)
    form = {"decision": "transfer", "reason": "某个理由", "version": elsewhere.version}
    answer = login(cast.second_authority).post(f"/roster/conflicts/{elsewhere.pk}/decide/", form)
    words = answer.content.decode()
    assert (answer.status_code, "别人已经裁定" in words, "维持原登记" in words) == (409, True, True)


def test_what_was_typed_stays_where_a_decision_is_refused(cast: Cast, login, elsewhere: RosterConflict) -> None:
    form = {"decision": "", "reason": "写了一半", "version": elsewhere.version}
    answer = login(cast.authority).post(f"/roster/conflicts/{elsewhere.pk}/decide/", form)
    assert (answer.status_code, "写了一半" in answer.content.decode()) == (422, True)


def test_the_county_decides_in_the_browser(cast: Cast, login, elsewhere: RosterConflict) -> None:
    client = login(cast.authority)
    assert "1 件待裁定" in client.get("/").content.decode()
    page = client.get("/roster/conflicts/").content.decode()
    assert ("郑某乙" in page, row(1)[1] in page) == (True, False)
    both = client.get(f"/roster/conflicts/{elsewhere.pk}/").content.decode()
    assert (OWN in both, NEAR in both, "近组" in both) == (True, True, True)
    form = {"decision": "transfer", "reason": "户口已迁入本乡镇", "version": elsewhere.version}
    answer = client.post(f"/roster/conflicts/{elsewhere.pk}/decide/", form, follow=True)
    assert "转入本乡镇" in answer.content.decode()
    assert "户口已迁入本乡镇" in client.get(f"/roster/conflicts/{elsewhere.pk}/").content.decode()


def test_nobody_but_the_county_decides(cast: Cast, login, elsewhere: RosterConflict) -> None:
    for user in (cast.clerk, cast.near_clerk, cast.adjuster, cast.auditor, cast.police):
        client = login(user)
        for address in ("/roster/conflicts/", f"/roster/conflicts/{elsewhere.pk}/"):
            assert client.get(address).status_code == 404

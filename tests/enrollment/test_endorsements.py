"""An endorsement changes the roster when the insurer agrees, from the day it says, once; and nothing before."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.models import Endorsement, Enrollment, TownshipRoster
from enrollment.services.endorsing import AlreadyAsked, EndorsementRefused
from enrollment.services.uploading import request_confirmation
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of, visible
from orgs.versions import EditConflict
from schemes.models import Edition
from tests.cast import (
    FAR,
    NEAR,
    OWN,
    Cast,
    claim_in,
    enrol,
    id_number,
    report_of,
    roster_book,
    run_waiting_jobs,
    township,
    uploaded,
    villages,
)
from tests.enrollment.endorsing import (
    DAY,
    addition,
    agree,
    correction,
    counted,
    on_roster,
    refuse,
    removal,
    withdraw,
)
from tests.ground import everything
from tests.lists.making import in_force, row_of
from tests.steps.climbing import bring_up, enrol_in, steps_edition

VILLAGE = "常家坪社区"  # the first of OWN


@pytest.fixture(autouse=True)
def _somebody(db: None) -> None:
    """A roster that is in force."""
    enrol(OWN, 900, household="H900")


def audited(action: str) -> int:
    with everything():
        return AuditEvent.objects.filter(action=action).count()


def test_somebody_who_was_left_out_is_added_from_the_day_on(cast: Cast) -> None:
    asked = addition(by=cast.clerk, household="H901", phone="10000000009")
    assert (asked.number, asked.state, asked.retroactive, asked.premium_fen) == ("WZ21-P0001", "asked", True, 13_000)
    assert counted(VILLAGE) == (1, 1)
    agreed = agree(asked, cast.adjuster, opinion="材料齐")
    person = on_roster(agreed.enrollment)
    assert (person.name, person.covered_from, person.covered_to, person.removed_at) == ("增某人", DAY, None, None)
    assert (person.insurer_id, person.region_path) == (asked.insurer_id, asked.village.path)
    assert counted(VILLAGE) == (2, 2)
    assert (agreed.persons, agreed.households, agreed.opinion) == (1, 1, "材料齐")
    assert (audited("endorsement.ask"), audited("endorsement.agree")) == (1, 1)


def test_an_import_finds_whom_an_endorsement_added_unchanged(cast: Cast) -> None:
    name = villages(OWN)[0].name
    agree(addition(by=cast.clerk, n=50, name="增某人"), cast.adjuster)
    batch = uploaded(roster_book(("增某人", id_number(50), OWN, name)), cast.clerk)
    assert (batch.counts["unchanged"], batch.counts["new"]) == (1, 0)


def test_somebody_who_died_goes_and_their_row_stays(cast: Cast) -> None:
    person = enrol(OWN, 1, household="H001")
    agree(removal(person, cast), cast.adjuster)
    gone = on_roster(person)
    assert (gone.covered_to, gone.removed_at is None, gone.version) == (DAY - timedelta(days=1), False, 2)
    assert counted(VILLAGE) == (1, 1)


def test_a_correction_moves_the_person_to_another_village_with_its_sums(cast: Cast) -> None:
    person, second = enrol(OWN, 1, household="H001"), villages(OWN)[1]
    asked = correction(person, cast.clerk, name="谭某更", village_id=second.pk, household="H777")
    assert (set(asked.former), asked.former["name"]) == ({"name", "village_id", "household"}, "谭某华")
    agree(asked, cast.adjuster)
    now = on_roster(person)
    assert (now.name, now.village_id, now.region_path, now.version) == ("谭某更", second.pk, second.path, 2)
    assert "tmg" in now.initials
    assert (counted(VILLAGE), counted(second.name)) == ((1, 1), (1, 1))


def test_a_corrected_account_is_kept_sealed_and_changes_nothing_else(cast: Cast) -> None:
    person = enrol(OWN, 1)
    agree(correction(person, cast.clerk, account="6217000000000777777"), cast.adjuster)
    now = on_roster(person)
    assert (now.account.reveal(), now.phone.reveal(), now.name) == ("6217000000000777777", "10000000001", "谭某华")


def test_what_is_not_agreed_changes_nothing(cast: Cast) -> None:
    person = enrol(OWN, 1, household="H001")
    assert refuse(removal(person, cast), cast.adjuster).opinion == "材料不齐"
    withdraw(removal(person, cast), cast.clerk)
    now = on_roster(person)
    assert (now.removed_at, now.covered_to, now.version) == (None, None, 1)
    assert counted(VILLAGE) == (2, 2)


@pytest.mark.parametrize(
    ("reason", "day", "told"),
    [
        ("omitted", date(2020, 12, 31), "不在保险期间 2021-01-01 至 2021-12-31 内"),
        ("other", DAY, "原因请选“漏保补录”"),
        ("died", DAY, "请选择增员的原因"),
    ],
)
def test_days_and_reasons_of_an_addition(cast: Cast, reason: str, day: date, told: str) -> None:
    with pytest.raises(EndorsementRefused, match=told):
        addition(by=cast.clerk, reason=reason, day=day, reason_text="某因")


def test_an_addition_from_today_on_is_not_retroactive(cast: Cast, edition: Edition, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: DAY)
    assert addition(by=cast.clerk, reason="other", reason_text="新认定").retroactive is False


def test_other_wants_words_and_everything_wants_a_paper(cast: Cast) -> None:
    person = enrol(OWN, 1)
    with pytest.raises(EndorsementRefused, match="请写明是什么原因"):
        removal(person, cast, reason="other")
    with pytest.raises(EndorsementRefused, match="请写明依据的材料"):
        addition(by=cast.clerk, proof=" ")


def test_who_is_enrolled_is_not_added_and_another_townships_is_not_told_of(cast: Cast) -> None:
    enrol(OWN, 51)
    enrol(FAR, 52)
    with pytest.raises(EndorsementRefused, match="已在大周镇的名册上"):
        addition(by=cast.clerk, n=51)
    with pytest.raises(EndorsementRefused) as refused:
        addition(by=cast.clerk, n=52)
    assert FAR not in str(refused.value)
    assert "请联系区县主管部门" in str(refused.value)


def test_whose_addition_waits_in_another_township_is_told_the_same(cast: Cast) -> None:
    enrol(FAR, 901)
    addition(by=cast.far_clerk, n=53, place=FAR)
    with pytest.raises(EndorsementRefused, match="请联系区县主管部门") as refused:
        addition(by=cast.clerk, n=53)
    assert "WZ21" not in str(refused.value)


def test_who_was_taken_off_comes_again_after_their_last_day(cast: Cast) -> None:
    person = enrol(OWN, 54)
    agree(removal(person, cast, reason="moved"), cast.adjuster)
    with pytest.raises(EndorsementRefused, match="保障到 2021-05-31 止"):
        addition(by=cast.clerk, n=54, day=DAY - timedelta(days=1))
    agree(addition(by=cast.clerk, n=54, day=DAY), cast.adjuster)
    assert counted(VILLAGE) == (2, 1)


def test_who_stands_on_a_list_is_not_added(cast: Cast) -> None:
    asked = addition(by=cast.clerk, n=55)
    in_force("dead", row_of(55, day="2021-03-05"), by=cast.authority)
    with pytest.raises(EndorsementRefused, match="登记为已死亡（2021年03月）"):
        agree(asked, cast.adjuster)
    withdraw(asked, cast.clerk)
    with pytest.raises(EndorsementRefused, match="登记为已死亡") as refused:
        addition(by=cast.clerk, n=55)
    assert refused.value.field == "id_number"


def test_asking_twice_leads_to_the_first(cast: Cast) -> None:
    person = enrol(OWN, 1)
    first = removal(person, cast)
    with pytest.raises(AlreadyAsked, match=first.number):
        removal(person, cast)
    with everything():
        assert Endorsement.objects.count() == 1


def test_a_claim_after_the_day_stands_in_the_way(cast: Cast) -> None:
    person = enrol(OWN, 1)
    claim_in("accepted", cast, person, report_of("accident_medical", facts_accident_date="2021-08-05"))
    with pytest.raises(EndorsementRefused, match="不能早于 2021-08-06"):
        removal(person, cast, day=date(2021, 8, 5))
    asked = removal(person, cast, day=date(2021, 8, 6))
    claim_in("reported", cast, person, report_of("accident_medical", facts_accident_date="2021-09-01"))
    with pytest.raises(EndorsementRefused, match="不能早于 2021-09-02"):
        agree(asked, cast.adjuster)
    assert on_roster(person).removed_at is None


def test_whoever_joined_later_is_not_removed_before(cast: Cast) -> None:
    added = agree(addition(by=cast.clerk), cast.adjuster).enrollment
    with pytest.raises(EndorsementRefused, match="2021-06-01 起保"):
        removal(added, cast, day=DAY - timedelta(days=1))


def test_what_was_decided_is_not_decided_again(cast: Cast) -> None:
    asked = removal(enrol(OWN, 1), cast)
    with pytest.raises(EditConflict):
        agree(asked, cast.adjuster, read_version=7)
    agree(asked, cast.adjuster)
    for again in (
        lambda: agree(asked, cast.adjuster),
        lambda: refuse(asked, cast.adjuster),
        lambda: withdraw(asked, cast.clerk),
    ):
        with pytest.raises(EndorsementRefused, match="现在是“已生效”"):
            again()


def test_the_premium_that_was_seen_is_the_one_that_takes_effect(cast: Cast) -> None:
    asked = removal(enrol(OWN, 1), cast)
    with pytest.raises(EndorsementRefused, match="名册有了变动，批改保费现在是"):
        agree(asked, cast.adjuster, seen_fen=-13_000)


def test_a_roster_that_moved_on_keeps_what_it_says(cast: Cast) -> None:
    person = enrol(OWN, 1)
    asked = correction(person, cast.clerk, name="谭某甲")
    with everything():
        Enrollment.objects.filter(pk=person.pk).update(name="谭某乙")
    with pytest.raises(EndorsementRefused, match="姓名又改过"):
        agree(asked, cast.adjuster)
    going = removal(enrol(OWN, 2), cast)
    with everything():
        Enrollment.objects.filter(pk=going.enrollment_id).update(removed_at=timezone.now())
    with pytest.raises(EndorsementRefused, match="已不在名册上"):
        agree(going, cast.adjuster)


def test_each_side_does_its_own_step_on_its_own_roster(cast: Cast) -> None:
    asked = removal(enrol(OWN, 1), cast)
    with pytest.raises(EndorsementRefused, match="角色不能"):
        agree(asked, cast.clerk)
    with pytest.raises(EndorsementRefused, match="角色不能"):
        withdraw(asked, cast.adjuster)
    with pytest.raises(EndorsementRefused, match="角色不能申请"):
        removal(enrol(OWN, 2), cast, by=cast.adjuster)
    for stranger in (cast.far_adjuster,):
        with pytest.raises(Endorsement.DoesNotExist):
            agree(asked, stranger)
    with pytest.raises(Enrollment.DoesNotExist):
        removal(enrol(NEAR, 3), cast)


def test_the_database_wants_two_people_and_a_person_on_the_roster(cast: Cast) -> None:
    asked = removal(enrol(OWN, 1), cast)
    wrong = (
        {"state": "agreed", "decided_by": cast.clerk, "decided_at": timezone.now()},
        {"state": "agreed", "decided_by": cast.adjuster, "decided_at": timezone.now(), "enrollment": None},
        {"state": "agreed"},
        {"decided_by": cast.adjuster, "decided_at": timezone.now()},
    )
    for values in wrong:
        with everything(), pytest.raises(IntegrityError), transaction.atomic():
            Endorsement.objects.filter(pk=asked.pk).update(**values)


def test_a_township_without_a_roster_or_insurer_takes_none(cast: Cast, edition: Edition) -> None:
    with pytest.raises(EndorsementRefused, match="名册还没有确认"):
        addition(by=cast.far_clerk, place=FAR)
    edition.assignments.filter(township=township(OWN)).update(insurer=None)
    with pytest.raises(EndorsementRefused, match="没有承保机构"):
        addition(by=cast.clerk)


def test_a_roster_of_a_whole_village_leaves_who_came_by_endorsement(cast: Cast) -> None:
    """They have their own premium: they go by endorsement."""
    added = agree(addition(by=cast.clerk, n=50), cast.adjuster).enrollment
    batch = uploaded(roster_book(("郑某新", id_number(60), OWN, VILLAGE)), cast.clerk)
    assert [line["missing"] for line in batch.villages] == [1]  # not 增某人
    with acting(scope_of(cast.clerk)):
        request_confirmation(batch=batch, only_valid=True, whole_villages=[added.village_id], by=cast.clerk)
    run_waiting_jobs()
    with everything():
        names = set(visible(Enrollment, cast.clerk).filter(removed_at__isnull=True).values_list("name", flat=True))
    assert names == {"增某人", "郑某新"}


def test_a_roster_on_its_way_up_takes_no_endorsement_and_one_in_force_does(cast: Cast) -> None:
    edition = steps_edition(code="wanzhou-stepping")
    person = enrol_in(edition, OWN, 1)
    bring_up(edition, "underwrite", cast, OWN)
    with pytest.raises(EndorsementRefused, match="名册还没有生效"):
        removal(person, cast)
    with everything():
        TownshipRoster.objects.filter(edition=edition).update(state="in_force", in_force_on=date(2021, 3, 1))
    with pytest.raises(EndorsementRefused, match="早于名册生效的 2021-03-01"):
        removal(person, cast, day=date(2021, 2, 1))
    agree(removal(person, cast), cast.adjuster)

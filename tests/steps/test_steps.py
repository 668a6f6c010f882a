"""A township's roster on its way: signed off village by village, locked once it has gone up, sent back, in force."""

import pytest

from claims.services.reporting import ReportRefused
from enrollment.models import Enrollment, RosterBatch, RosterConflict, RosterStepTaken, VillageTotal
from enrollment.services import reviewing
from enrollment.services.conflicts import DecisionRefused, decide_conflict
from enrollment.services.correcting import CorrectionRefused, RightNumber, correct_id
from enrollment.services.entering import EntryOrder, EntryRefused, enter_rows
from enrollment.services.objecting import (
    accept_explanation,
    explain_objection,
    insist_on_objection,
    remove_for_objection,
    withdraw_objection,
)
from enrollment.services.stepping import StepRefused, collate_ready
from enrollment.services.undoing import UndoRefused, request_undo
from enrollment.services.uploading import UploadRefused, request_confirmation, upload_roster
from office.models import Job
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from orgs.versions import EditConflict
from tests.cast import (
    FAR,
    NEAR,
    OWN,
    Cast,
    enrol,
    id_number,
    read_edition,
    report,
    report_of,
    roster_book,
    run_waiting_jobs,
    township,
    villages,
)
from tests.ground import everything
from tests.steps.climbing import (
    bring_up,
    digests_seen,
    enrol_in,
    object_to,
    roster_of,
    sign_all,
    submit,
    take,
    village_clerk,
)


def as_(by, service, **what):
    with acting(scope_of(by)):
        return service(by=by, **what)


def test_a_roster_goes_up_with_the_totals_that_were_signed(edition, cast: Cast) -> None:
    for n, village in ((1, 0), (2, 0), (3, 1)):
        enrol_in(edition, OWN, n, village=village)
    sign_all(edition, OWN, cast.clerk)
    roster = submit(edition, OWN, cast.clerk)
    assert (roster.state, roster.persons, roster.households, roster.revision) == ("police", 3, 3, 1)
    assert roster.premium_fen == 3 * 13_000  # 130.00 a person
    assert len(roster.digest) == 64
    with everything():
        step = RosterStepTaken.objects.get(roster=roster)
        assert (step.action, step.from_state, step.to_state, step.persons) == ("submit", "drafting", "police", 3)
        assert step.by_name == "周某乡（大周镇）"
        assert AuditEvent.objects.get(action="roster.submit").detail["persons"] == 3
        assert set(AuditEvent.objects.get(action="roster.sign_off").detail["villages"]) == {
            v.pk for v in villages(OWN)[:2]
        }


def test_nothing_goes_up_while_a_village_is_missing_and_it_is_named(edition, cast: Cast) -> None:
    with pytest.raises(StepRefused, match="名册里还没有人"):
        submit(edition, OWN, cast.clerk)
    enrol_in(edition, OWN, 1)
    first, second = villages(OWN)[:2]
    sign_all(edition, OWN, cast.clerk)
    enrol_in(edition, OWN, 2, village=1)
    with pytest.raises(StepRefused, match=f"还有 1 个村没有签收（{second.name}）"):
        submit(edition, OWN, cast.clerk)
    sign_all(edition, OWN, cast.clerk)
    with everything():
        Enrollment.objects.filter(village=first).update(version=2)  # somebody was corrected, nobody added
    with pytest.raises(StepRefused, match=f"还有 1 个村没有签收（{first.name}）"):
        submit(edition, OWN, cast.clerk)


def test_what_was_not_seen_is_neither_signed_nor_sent_up(edition, cast: Cast) -> None:
    enrol_in(edition, OWN, 1)
    seen = digests_seen(edition, OWN, cast.clerk)
    enrol_in(edition, OWN, 2)
    with pytest.raises(StepRefused, match="刚有变动，没有签收"):
        as_(cast.clerk, reviewing.sign_off_villages, edition=edition, township=township(OWN), seen_digests=seen)
    sign_all(edition, OWN, cast.clerk)
    with pytest.raises(StepRefused, match="打开本页以后名册又有变动"):
        submit(edition, OWN, cast.clerk, seen_digest="0123456789abcdef")
    with pytest.raises(StepRefused, match="勾选“核对无误”"):
        submit(edition, OWN, cast.clerk, confirmed=False)
    with pytest.raises(EditConflict):
        submit(edition, OWN, cast.clerk, read_version=7)
    assert roster_of(edition).state == "drafting"


def test_a_village_hands_in_and_the_township_signs(edition, cast: Cast) -> None:
    enrol_in(edition, OWN, 1)
    enrol_in(edition, OWN, 2, village=1)
    home, by = villages(OWN)[0], village_clerk()
    seen = digests_seen(edition, OWN, by)
    assert list(seen) == [home.pk]  # no other village is seen
    review = as_(by, reviewing.hand_in_village, edition=edition, village=home, seen_digest=seen[home.pk])
    assert (review.persons, review.handed_in_by, review.signed_at) == (1, by, None)
    with pytest.raises(StepRefused, match="签收由乡镇经办办理"):
        as_(by, reviewing.sign_off_villages, edition=edition, township=township(OWN), seen_digests=seen)
    with pytest.raises(StepRefused, match="由乡镇经办上报"):
        submit(edition, OWN, by)
    sign_all(edition, OWN, cast.clerk)
    assert submit(edition, OWN, cast.clerk).state == "police"
    with pytest.raises(StepRefused, match="名册已上报（待公安确认）"):
        as_(by, reviewing.hand_in_village, edition=edition, village=home, seen_digest=seen[home.pk])


# --- locked once it has gone up ---------------------------------------------------------------------------------
def upload(edition, by, *rows, place: str | None = OWN) -> RosterBatch:
    with acting(scope_of(by)):
        batch, _ = upload_roster(
            edition=edition,
            township=township(place) if place else None,
            name="名册.xlsx",
            content=roster_book(*rows),
            by=by,
        )
    run_waiting_jobs()
    with everything():
        return RosterBatch.objects.select_related("edition").get(pk=batch.pk)


def row(n: int, place: str = OWN) -> tuple[str, ...]:
    return (f"郑某{'甲乙丙丁戊'[n % 5]}", id_number(n), place, villages(place)[0].name)


def test_a_roster_that_has_gone_up_takes_no_batch_until_it_comes_back(edition, cast: Cast) -> None:
    enrol_in(edition, OWN, 1)
    before = upload(edition, cast.clerk, row(50))
    assert before.state == "checked"
    bring_up(edition, "police", cast)
    with pytest.raises(UploadRefused, match="大周镇的名册已上报（待公安确认），不能再改"):
        upload(edition, cast.clerk, row(51))
    with pytest.raises(UploadRefused, match="名册已上报"):
        as_(cast.clerk, request_confirmation, batch=before, only_valid=True, whole_villages=[])
    take(edition, OWN, "send_back", cast.police, opinion="请核对")
    as_(cast.clerk, request_confirmation, batch=before, only_valid=True, whole_villages=[])
    assert [job.state for job in run_waiting_jobs()] == ["done"]
    bring_up(edition, "in_force", cast)
    with pytest.raises(UploadRefused, match="已生效，不能再导入；增减、更正请办批改"):
        upload(edition, cast.clerk, row(52))


def test_a_batch_that_waits_while_the_roster_goes_up_writes_nothing_and_can_be_confirmed_later(
    edition, cast: Cast
) -> None:
    enrol_in(edition, OWN, 1)
    batch = upload(edition, cast.clerk, row(50))
    job = as_(cast.clerk, request_confirmation, batch=batch, only_valid=True, whole_villages=[])
    bring_up(edition, "police", cast)
    run_waiting_jobs()
    job = Job.objects.get(pk=job.pk)
    assert (job.state, "名册已上报" in job.message, "没有写入" in job.message) == ("refused", True, True)
    with everything():
        assert RosterBatch.objects.get(pk=batch.pk).state == "checked"
        assert Enrollment.objects.filter(edition=edition).count() == 1


def test_rows_for_the_county_do_not_leave_a_roster_that_has_gone_up(edition, cast: Cast) -> None:
    """Nobody could carry the decision out: only a roster in drafting takes somebody in or another name."""
    enrol_in(edition, OWN, 1)
    enrol_in(edition, NEAR, 50, name="郑某甲")
    batch = upload(edition, cast.clerk, row(50))
    assert (batch.counts["conflicts"], batch.counts["new"]) == (1, 0)
    job = as_(cast.clerk, request_confirmation, batch=batch, only_valid=True, whole_villages=[])
    bring_up(edition, "in_force", cast)
    run_waiting_jobs()
    job = Job.objects.get(pk=job.pk)
    assert (job.state, "名册已生效" in job.message, "没有写入" in job.message) == ("refused", True, True)
    with pytest.raises(UploadRefused, match="大周镇的名册已生效，不能再导入；增减、更正请办批改"):
        as_(cast.clerk, request_confirmation, batch=batch, only_valid=True, whole_villages=[])
    with everything():
        assert not RosterConflict.objects.exists()


def test_a_batch_of_the_county_is_refused_only_for_townships_that_it_changes(edition, cast: Cast) -> None:
    enrol_in(edition, NEAR, 1)
    bring_up(edition, "police", cast, NEAR)
    batch = upload(edition, cast.authority, row(60), place=None)
    as_(cast.authority, request_confirmation, batch=batch, only_valid=True, whole_villages=[])
    assert [job.state for job in run_waiting_jobs()] == ["done"]
    other = upload(edition, cast.authority, row(61), row(62, NEAR), place=None)
    with pytest.raises(UploadRefused, match="甘宁镇的名册已上报"):
        as_(cast.authority, request_confirmation, batch=other, only_valid=True, whole_villages=[])


def test_whole_villages_change_a_township_too(edition, cast: Cast) -> None:
    enrol_in(edition, NEAR, 1)
    batch = upload(edition, cast.authority, row(60), place=None)
    bring_up(edition, "police", cast, NEAR)
    with pytest.raises(UploadRefused, match="甘宁镇的名册已上报"):
        as_(cast.authority, request_confirmation, batch=batch, only_valid=True, whole_villages=[villages(NEAR)[0].pk])


def test_an_edition_without_steps_stays_as_it_is(cast: Cast, login) -> None:
    enrol()
    with pytest.raises(StepRefused, match="不分步骤"):
        take(read_edition(), OWN, "submit", cast.clerk)
    with pytest.raises(StepRefused, match="不用签收"):
        sign_all(read_edition(), OWN, cast.clerk)
    assert report(enrol(n=2), cast.clerk).state == "reported"
    assert "不分步骤" in login(cast.clerk).get("/roster/progress/").content.decode()
    assert login(cast.clerk).get(f"/roster/progress/wanzhou-2021/{township(OWN).pk}/").status_code == 404


# --- objections -------------------------------------------------------------------------------------------------
def test_an_objection_stops_the_roster_until_the_person_is_taken_out(edition, cast: Cast) -> None:
    person = enrol_in(edition, OWN, 1)
    enrol_in(edition, OWN, 2)
    bring_up(edition, "police", cast)
    objection = object_to(person, cast.police)
    with pytest.raises(StepRefused, match="已经提过异议"):
        object_to(person, cast.police)
    with pytest.raises(StepRefused, match="还有 1 条异议没有了结"):
        take(edition, OWN, "register", cast.police)
    with pytest.raises(StepRefused, match="不能删人"):
        as_(cast.clerk, remove_for_objection, objection=objection)
    take(edition, OWN, "send_back", cast.police, opinion="")  # the objections tell why
    sign_all(edition, OWN, cast.clerk)
    with pytest.raises(StepRefused, match="还有 1 条异议没有答复"):
        submit(edition, OWN, cast.clerk)
    assert as_(cast.clerk, remove_for_objection, objection=objection).state == "upheld"
    with everything():
        assert VillageTotal.objects.get(edition=edition).persons == 1
        assert Enrollment.objects.get(pk=person.pk).removed_at is not None
    with pytest.raises(StepRefused, match="签收以后名册又有变动"):
        submit(edition, OWN, cast.clerk)
    roster = bring_up(edition, "in_force", cast)
    assert (roster.revision, roster.persons) == (2, 1)
    assert roster.in_force_on is not None


def test_an_explanation_is_weighed_by_whoever_objected(edition, cast: Cast) -> None:
    person = enrol_in(edition, OWN, 1)
    bring_up(edition, "police", cast)
    objection = object_to(person, cast.police, reason="other", note="查无此人")
    with pytest.raises(StepRefused, match="请写明情况"):
        as_(cast.clerk, explain_objection, objection=objection, answer=" ")
    with pytest.raises(StepRefused, match="您的角色不能"):
        as_(cast.police, explain_objection, objection=objection, answer="在册")
    as_(cast.clerk, explain_objection, objection=objection, answer="户籍在本村，附户口簿")
    with pytest.raises(StepRefused, match="还有 1 条异议没有了结"):
        take(edition, OWN, "register", cast.police)
    assert as_(cast.police, insist_on_objection, objection=objection, note="户口簿已注销").state == "open"
    with pytest.raises(StepRefused, match="现在是“待答复”"):
        as_(cast.police, accept_explanation, objection=objection)
    as_(cast.clerk, explain_objection, objection=objection, answer="已补办")
    for who in (cast.clerk, cast.adjuster):
        with pytest.raises(StepRefused, match="您的角色不能"):
            as_(who, accept_explanation, objection=objection)
    assert as_(cast.police, accept_explanation, objection=objection).state == "dismissed"
    assert take(edition, OWN, "register", cast.police).state == "collate"
    with everything():
        told = list(
            AuditEvent.objects.filter(action__startswith="roster.objection")
            .order_by("id")
            .values_list("action", flat=True)
        )
    assert told == [f"roster.objection.{word}" for word in ("explain", "insist", "explain", "dismiss")]


def test_an_objection_falls_with_the_person_and_can_be_withdrawn(edition, cast: Cast) -> None:
    gone, other = enrol_in(edition, OWN, 1), enrol_in(edition, OWN, 2)
    bring_up(edition, "police", cast)
    objections = [object_to(person, cast.police) for person in (gone, other)]
    assert as_(cast.police, withdraw_objection, objection=objections[1]).state == "withdrawn"
    take(edition, OWN, "send_back", cast.police)
    with everything():
        Enrollment.objects.filter(pk=gone.pk).update(removed_at="2021-01-01T00:00:00+08:00", version=2)
    sign_all(edition, OWN, cast.clerk)
    assert submit(edition, OWN, cast.clerk).state == "police"
    with everything():
        objections[0].refresh_from_db()
    assert (objections[0].state, objections[0].answer) == ("upheld", "已从名册删除")


@pytest.mark.parametrize(
    ("state", "actor", "reason", "note", "words"),
    [
        ("collate", "police", "moved_out", "", "现在是“待汇总”"),
        ("police", "adjuster", "moved_out", "", "您的角色不能"),
        ("police", "police", "other", "", "请写明情况"),
        ("police", "police", "number_differs", "", "请选择异议的原因"),
    ],
)
def test_who_objects_when_and_why(
    edition, cast: Cast, state: str, actor: str, reason: str, note: str, words: str
) -> None:
    person = enrol_in(edition, OWN, 1)
    bring_up(edition, state, cast)
    with pytest.raises(StepRefused, match=words):
        object_to(person, getattr(cast, actor), reason=reason, note=note)


# --- collate all, claims ----------------------------------------------------------------------------------------
def test_all_that_are_ready_are_collated_at_once(edition, cast: Cast) -> None:
    for at, place in enumerate((OWN, NEAR, FAR)):
        enrol_in(edition, place, 1 + at)
    bring_up(edition, "collate", cast, OWN)
    bring_up(edition, "collate", cast, NEAR)
    bring_up(edition, "police", cast, FAR)
    with acting(scope_of(cast.authority)):
        assert len(collate_ready(edition=edition, by=cast.authority)) == 2
    assert [roster_of(edition, place).state for place in (OWN, NEAR, FAR)] == ["underwrite", "underwrite", "police"]


def test_a_claim_waits_for_the_roster_to_be_in_force(edition, cast: Cast) -> None:
    person = enrol_in(edition, OWN, 1, name="谭某华")
    bring_up(edition, "underwrite", cast)
    what = report_of("accident_medical")
    with pytest.raises(ReportRefused, match="大周镇的参保名册还没有生效，不能报案"):
        report(person, cast.clerk, what)
    take(edition, OWN, "underwrite", cast.adjuster)
    assert report(person, cast.clerk, what).state == "reported"


# --- the other ways in which a roster changes ----------------------------------------------------------------
def imported(edition, by, *rows, place: str | None = OWN) -> RosterBatch:
    batch = upload(edition, by, *rows, place=place)
    as_(by, request_confirmation, batch=batch, only_valid=True, whole_villages=[])
    run_waiting_jobs()
    with everything():
        return RosterBatch.objects.select_related("edition").get(pk=batch.pk)


def test_a_batch_is_not_taken_back_once_its_roster_has_gone_up(edition, cast: Cast) -> None:
    batch = imported(edition, cast.clerk, row(50))
    reversal = as_(cast.clerk, request_undo, batch=batch, typed=batch.file_name)  # waits while the roster goes up
    bring_up(edition, "police", cast)
    (job,) = run_waiting_jobs()
    assert (job.state, "没有撤销" in job.message) == ("refused", True)
    with everything():
        assert RosterBatch.objects.get(pk=reversal.pk).state == "discarded"
        assert Enrollment.objects.get(edition=edition).removed_at is None
    with pytest.raises(UndoRefused, match="大周镇的名册已上报"):
        as_(cast.clerk, request_undo, batch=batch, typed=batch.file_name)
    take(edition, OWN, "send_back", cast.police)
    as_(cast.clerk, request_undo, batch=batch, typed=batch.file_name)
    assert [job.state for job in run_waiting_jobs()] == ["done"]


def test_nothing_is_typed_into_a_roster_that_has_gone_up(edition, cast: Cast) -> None:
    person = enrol_in(edition, OWN, 1)
    bring_up(edition, "police", cast)
    order = EntryOrder(edition=edition, township=township(OWN), by=cast.clerk)
    typed = {"name": "郑某甲", "id_number": id_number(70), "village": villages(OWN)[0].name}
    with acting(scope_of(cast.clerk)), pytest.raises(EntryRefused, match="大周镇的名册已上报"):
        enter_rows(rows={1: typed}, order=order)
    right = RightNumber(text=id_number(71), reason="typing", proof="户口簿第 3 页")
    with pytest.raises(CorrectionRefused, match="大周镇的名册已上报"):
        as_(cast.clerk, correct_id, person=person, right=right, read_version=1)
    bring_further(edition, cast)
    assert as_(cast.clerk, correct_id, person=person, right=right, read_version=1).enrollment_id == person.pk


def bring_further(edition, cast: Cast) -> None:
    for action, by in (("register", cast.police), ("collate", cast.authority), ("underwrite", cast.adjuster)):
        take(edition, OWN, action, by)


def test_nobody_is_moved_by_decision_onto_or_off_a_roster_that_has_gone_up(edition, cast: Cast) -> None:
    enrol_in(edition, NEAR, 50, name="郑某甲")
    imported(edition, cast.clerk, row(50), row(51))
    with everything():
        conflict = RosterConflict.objects.select_related("edition").get(edition=edition)
    bring_up(edition, "police", cast, NEAR)
    what = {"conflict": conflict, "decision": "transfer", "reason": "户籍在本镇", "read_version": conflict.version}
    with pytest.raises(DecisionRefused, match="甘宁镇的名册已上报"):
        as_(cast.authority, decide_conflict, **what)
    take(edition, NEAR, "send_back", cast.police)
    assert as_(cast.authority, decide_conflict, **what).state == "decided"

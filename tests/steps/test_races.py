"""A roster that goes up while an import is confirmed, and steps taken by several at once: one clean answer each."""

import pytest

from enrollment.models import Enrollment, Objection, RosterBatch, RosterStepTaken
from enrollment.services.objecting import raise_objection
from enrollment.services.stepping import StepRefused, pass_roster, submit_roster
from enrollment.services.uploading import request_confirmation, upload_roster
from enrollment.village_rows import villages_of
from office import jobs
from office.models import Job
from orgs.scope import acting, scope_of
from orgs.versions import EditConflict
from tests.cast import OWN, id_number, read_cast, roster_book, run_waiting_jobs, township, villages
from tests.ground import everything
from tests.races.racing import failures, how_many, race
from tests.steps.climbing import bring_up, enrol_in, roster_of, sign_all, steps_edition

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_roster_goes_up_with_an_import_in_it_or_without_it_never_half() -> None:
    """Either the import is first, and the stale totals are refused; or the roster is up, and the import is refused."""
    cast, edition = read_cast(), steps_edition()
    enrol_in(edition, OWN, 1)
    sign_all(edition, OWN, cast.clerk)
    rows = [("郑某甲", id_number(n), OWN, villages(OWN)[0].name) for n in range(50, 70)]
    with acting(scope_of(cast.clerk)):
        batch, job = upload_roster(
            edition=edition, township=township(OWN), name="名册.xlsx", content=roster_book(*rows), by=cast.clerk
        )
    jobs.run(job.pk)
    with acting(scope_of(cast.clerk)):
        job = request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=cast.clerk)
        seen = villages_of(edition, township(OWN), cast.clerk).digest
    version = roster_of(edition).version

    def work(n: int):
        if n % 2:
            return jobs.run(job.pk)
        with acting(scope_of(cast.clerk)):
            return submit_roster(
                edition=edition, township=township(OWN), by=cast.clerk, read_version=version, seen_digest=seen, confirmed=True
            )  # fmt: skip

    refused = failures(race(work, 2))
    job = Job.objects.get(pk=job.pk)
    with everything():
        people = Enrollment.objects.filter(edition=edition).count()
        batch = RosterBatch.objects.get(pk=batch.pk)
    if refused:
        assert isinstance(refused[0], StepRefused)
        assert (people, roster_of(edition).state, job.state, batch.state) == (21, "drafting", "done", "confirmed")
    else:
        assert (people, roster_of(edition).state, job.state, batch.state) == (1, "police", "refused", "checked")
        assert roster_of(edition).persons == 1
        assert "名册已上报" in job.message


def test_a_step_is_taken_once_however_many_press_the_button() -> None:
    cast, edition = read_cast(), steps_edition()
    enrol_in(edition, OWN, 1)
    bring_up(edition, "police", cast)
    version = roster_of(edition).version

    def work(_n: int):
        with acting(scope_of(cast.police)):
            return pass_roster(
                edition=edition, township=township(OWN), action="register", by=cast.police, read_version=version
            )

    refused = failures(race(work))
    assert len(refused) == how_many() - 1
    assert {type(error) for error in refused} <= {StepRefused, EditConflict}
    with everything():
        assert RosterStepTaken.objects.filter(action="register").count() == 1


def test_an_objection_and_the_confirmation_at_once_leave_no_objection_behind_a_passed_roster() -> None:
    cast, edition = read_cast(), steps_edition()
    person = enrol_in(edition, OWN, 1)
    bring_up(edition, "police", cast)
    version = roster_of(edition).version

    def work(n: int):
        with acting(scope_of(cast.police)):
            if n % 2:
                return raise_objection(enrollment=person, step="police", reason="dead", note="", by=cast.police)
            return pass_roster(
                edition=edition, township=township(OWN), action="register", by=cast.police, read_version=version
            )

    refused = failures(race(work, 2))
    assert [type(error) for error in refused] == [StepRefused]
    with everything():
        objected = Objection.objects.filter(state="open").exists()
    assert (roster_of(edition).state, objected) in {("police", True), ("collate", False)}


def test_one_person_is_objected_to_once() -> None:
    cast, edition = read_cast(), steps_edition()
    person = enrol_in(edition, OWN, 1)
    bring_up(edition, "police", cast)

    def work(_n: int):
        with acting(scope_of(cast.police)):
            return raise_objection(enrollment=person, step="police", reason="dead", note="", by=cast.police)

    refused = failures(race(work))
    assert {type(error) for error in refused} == {StepRefused}
    assert len(refused) == how_many() - 1
    assert run_waiting_jobs() == []

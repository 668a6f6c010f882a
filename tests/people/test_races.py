"""Many at once: one person typed by everybody, a correction while an import is confirmed, a number wanted twice."""

import pytest

from enrollment.models import Enrollment, RosterBatch, VillageTotal
from enrollment.services.correcting import CorrectionRefused
from enrollment.services.entering import Entered
from enrollment.services.uploading import request_confirmation
from office import jobs
from office.models import Job
from orgs.crypto import blind_index
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from orgs.services.revealing import MOST_AN_HOUR, TooManyReveals, reveal_secret
from orgs.versions import EditConflict
from tests.cast import OWN, enrol, id_number, read_cast, reread_batch, roster_book, uploaded
from tests.enrollment.test_import import rows_of
from tests.ground import everything
from tests.people.test_correcting import correct
from tests.people.test_entering import enter, row
from tests.races.racing import failures, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clerks_type_the_same_person_at_once() -> None:
    """One of them writes it; the others are told that the person is on the roster."""
    cast = read_cast()
    outcomes = race(lambda _: enter(cast.clerk, row(1), row(2, "谭某英")), 4)
    assert failures(outcomes) == []
    answers = [one for one in outcomes if isinstance(one, Entered)]
    assert sorted(one.batch is not None for one in answers) == [False, False, False, True]
    assert all(one.unchanged == [1, 2] for one in answers if one.batch is None)
    with everything():
        assert (Enrollment.objects.count(), RosterBatch.objects.count()) == (2, 1)
        assert VillageTotal.objects.get().persons == 2


def test_a_correction_and_a_confirmation_at_once_leave_the_person_once() -> None:
    """Whichever comes first: the roster holds the person under one number, the right one."""
    cast = read_cast()
    assert enter(cast.clerk, row(3, "郑某丁")).batch
    with everything():
        person = Enrollment.objects.get()
    batch = uploaded(roster_book(*rows_of(3, 4)), cast.clerk)
    with acting(scope_of(cast.clerk)):
        job = request_confirmation(batch=batch, only_valid=False, whole_villages=[], by=cast.clerk)

    def work(n: int) -> object:
        return jobs.run(job.pk) if n else correct(person, id_number(50), cast.clerk)

    outcomes = race(work, 2)
    assert failures(outcomes) == []
    with everything():
        numbers = list(Enrollment.objects.filter(name="郑某丁").values_list("id_index", flat=True))
        ended = Job.objects.get(pk=job.pk).state
    assert numbers == [blind_index(id_number(50))]
    assert (ended, reread_batch(batch).state) in {("done", "confirmed"), ("refused", "checked")}


def test_one_number_is_given_to_one_person() -> None:
    cast = read_cast()
    people = [enrol(OWN, n, name=f"谭某{'甲乙丙丁'[n - 1]}", household=f"H{n}") for n in range(1, 5)]
    outcomes = race(lambda n: correct(people[n], id_number(50), cast.clerk), 4)
    assert {type(one) for one in failures(outcomes)} == {CorrectionRefused}
    with everything():
        assert Enrollment.objects.filter(id_index=blind_index(id_number(50))).count() == 1


def test_one_page_is_corrected_once() -> None:
    cast = read_cast()
    person = enrol(OWN, 1)
    outcomes = race(lambda n: correct(person, id_number(50 + n), cast.clerk), 4)
    assert [type(one) for one in failures(outcomes)] == [EditConflict] * 3


def test_nobody_looks_more_often_by_looking_at_once() -> None:
    cast = read_cast()
    person = enrol(OWN, 1)

    def look(_: int) -> str:
        with acting(scope_of(cast.clerk)):
            return reveal_secret(target=person, field="phone", reason="核对", by=cast.clerk)

    for _ in range(MOST_AN_HOUR - 2):
        look(0)
    outcomes = race(look, 6)
    assert [type(one) for one in failures(outcomes)] == [TooManyReveals] * 4
    with everything():
        assert AuditEvent.objects.filter(action="secret.reveal").count() == MOST_AN_HOUR

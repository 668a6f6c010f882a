"""What is taken from somebody is gone at the next request, and for jobs that still wait."""

import pytest
from django.test import Client

from enrollment.models import Enrollment, RosterRow
from enrollment.services.uploading import request_confirmation
from office import jobs
from office.models import Job
from orgs.models import Organization, Role, User
from orgs.scope import acting, scope_of
from orgs.services.people import change_person, set_active
from tests.access.asking import BACKEND
from tests.cast import NEAR, OWN, Cast, claim_in, enrol, id_number, roster_book, uploaded, villages
from tests.ground import everything


def _move(user: User, organization: Organization, role: str, by: User) -> None:
    user = User.objects.get(pk=user.pk)
    change_person(
        user=user,
        read_version=user.version,
        name=user.name,
        organization=organization,
        role=role,
        phone=user.phone,
        by=by,
    )


def test_somebody_moved_sees_the_new_place_at_the_next_request(cast: Cast, login) -> None:
    own, near = claim_in("reported", cast, enrol(OWN, 1)), claim_in("reported", cast, enrol(NEAR, 2))
    client = login(cast.clerk)
    assert client.get(f"/claims/{own.number}/").status_code == 200
    _move(cast.clerk, cast.near_clerk.organization, Role.CLERK, cast.administrator)
    assert client.get(f"/claims/{own.number}/").status_code == 404
    assert client.get(f"/claims/{near.number}/").status_code == 200


def test_a_role_taken_away_is_gone_at_the_next_request(cast: Cast, login) -> None:
    client = login(cast.auditor)
    assert client.get("/audit/").status_code == 200
    _move(cast.auditor, cast.finance.organization, Role.FINANCE, cast.administrator)
    assert client.get("/audit/").status_code == 404


def test_somebody_disabled_is_logged_out_everywhere(cast: Cast) -> None:
    phones = [Client(), Client()]
    for phone in phones:
        phone.force_login(cast.clerk, backend=BACKEND)
        assert phone.get("/").status_code == 200
    set_active(user=User.objects.get(pk=cast.clerk.pk), active=False, by=cast.administrator)
    for phone in phones:
        assert phone.get("/").headers["Location"].startswith("/login/")


def _book() -> bytes:
    return roster_book(("何某新", id_number(5), OWN, villages(OWN)[0].name))


@pytest.mark.parametrize("what", ["disabled", "moved", "other role"])
def test_what_is_taken_away_holds_for_jobs_that_wait(cast: Cast, what: str) -> None:
    batch = uploaded(_book(), cast.clerk)
    with acting(scope_of(cast.clerk)):
        job = request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=cast.clerk)
    _take_away(cast, what)
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state in {Job.State.REFUSED, Job.State.FAILED}
    with everything():
        assert not Enrollment.objects.exists()


def _take_away(cast: Cast, what: str) -> None:
    clerk = User.objects.get(pk=cast.clerk.pk)
    if what == "disabled":
        set_active(user=clerk, active=False, by=cast.administrator)
    elif what == "moved":
        _move(clerk, cast.near_clerk.organization, Role.CLERK, cast.administrator)
    else:
        _move(clerk, cast.finance.organization, Role.FINANCE, cast.administrator)


def test_a_check_that_waits_stages_nothing_for_somebody_disabled(cast: Cast) -> None:
    uploaded(_book(), cast.clerk, checked=False)
    _take_away(cast, "disabled")
    assert jobs.run(Job.objects.get().pk)
    with everything():
        assert not RosterRow.objects.exists()

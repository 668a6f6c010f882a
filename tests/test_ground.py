"""The ground itself: reference data there, tests apart, committed rows gone afterwards."""

import pytest
from django.db import connection

from orgs.models import AuditEvent, Region, User
from schemes.models import Edition
from tests.cast import claim_in, enrol, read_cast
from tests.ground import everything


def test_reference_data_and_cast_are_there(cast, edition) -> None:
    assert edition.state == Edition.State.PUBLISHED
    assert edition.assignments.count() == 52
    assert Region.objects.count() > 3000
    assert not cast.disabled.is_active


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_a_test_commits_is_gone_afterwards(turn: int) -> None:
    """The same rows can be made twice over, so the first turn left nothing."""
    claim_in("paid", read_cast(), enrol(n=7))
    with everything():
        assert AuditEvent.objects.filter(action="claim.pay").count() == 1
    assert User.objects.count() == 17


@pytest.mark.postgres
def test_tests_connect_as_the_portals_own_role(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)

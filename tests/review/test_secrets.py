"""What is shown in clear: to whom, how often, and what is kept of it."""

import pytest
from django.test import Client

from orgs.models import AuditEvent
from orgs.services.people import reset_password
from orgs.versions import EditConflict
from tests.cast import Cast, account, claim_in, enrol, id_number
from tests.ground import everything

pytestmark = pytest.mark.django_db


def reveal(client: Client, number: str, field: str, reason: str = "电话核对"):
    return client.post(f"/claims/{number}/reveal/", {"field": field, "reason": reason})


def test_a_clerk_sees_no_bank_account_in_clear(cast: Cast, login) -> None:
    """The figure of security.md G4; whoever pays has to see it."""
    claim = claim_in("accepted", cast, enrol(n=1))
    client = login(cast.clerk)
    assert reveal(client, claim.number, "payee_account").status_code == 404
    assert account(1) not in client.get(f"/claims/{claim.number}/").content.decode()
    assert 'value="payee_account"' not in client.get(f"/claims/{claim.number}/").content.decode()
    assert id_number(1) in reveal(client, claim.number, "id_number").content.decode()
    assert account(1) in reveal(login(cast.adjuster), claim.number, "payee_account").content.decode()


def test_nobody_reads_a_county_number_by_number(cast: Cast, login) -> None:
    claim = claim_in("accepted", cast, enrol(n=1))
    client = login(cast.adjuster)
    statuses = [reveal(client, claim.number, "id_number").status_code for _ in range(62)]
    assert statuses == [200] * 60 + [429] * 2
    assert id_number(1) not in reveal(client, claim.number, "id_number").content.decode()
    assert reveal(login(cast.second_adjuster), claim.number, "id_number").status_code == 200


def test_a_reason_keeps_no_number(cast: Cast, login) -> None:
    """The audit is for ever, and never an ID number in it."""
    claim = claim_in("accepted", cast, enrol(n=1))
    reveal(login(cast.adjuster), claim.number, "id_number", f"核对 {id_number(1)} 与存折")
    with everything():
        assert id_number(1) not in str(AuditEvent.objects.get(action="secret.reveal").detail)


def test_two_resets_at_once_are_told_not_failed(cast: Cast, login, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(**more):
        reset_password(**more)
        raise EditConflict(more["user"])

    monkeypatch.setattr("orgs.views.people.reset_password", overtaken)
    assert login(cast.administrator).post(f"/people/{cast.clerk.pk}/reset/").status_code == 302

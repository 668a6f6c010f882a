"""The audit trail can be added to and read, and nothing else; everything that is looked at in clear stands in it."""

import pytest
from django.db import DatabaseError, connection, transaction

from orgs.audit import record
from orgs.models import AuditEvent
from tests.cast import Cast, claim_in, paper_on
from tests.ground import as_owner, everything

STATEMENTS = ["UPDATE orgs_auditevent SET action = 'x'", "DELETE FROM orgs_auditevent"]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_an_event_is_neither_changed_nor_deleted(cast: Cast, statement: str) -> None:
    record("session.login", by=cast.clerk, target=cast.clerk)
    with everything(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with everything():
        assert AuditEvent.objects.filter(action="session.login").exists()


def test_not_through_the_models_either(cast: Cast) -> None:
    record("session.login", by=cast.clerk, target=cast.clerk)
    with everything():
        event = AuditEvent.objects.get(action="session.login")
        event.action = "x"
        with pytest.raises(DatabaseError), transaction.atomic():
            event.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEvent.objects.filter(pk=event.pk).delete()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", [*STATEMENTS, "TRUNCATE orgs_auditevent"])
def test_the_owner_is_refused_too(statement: str) -> None:
    """By accident; whoever takes the triggers off on purpose is found by the seals."""
    record("session.login", by=None)
    with as_owner():
        refused = "never changed" if statement.startswith("TRUNCATE") else ""
        with everything(), connection.cursor() as cursor:
            if refused:
                with pytest.raises(DatabaseError, match=refused), transaction.atomic():
                    cursor.execute(statement)
            else:
                cursor.execute(statement)
                assert cursor.rowcount == 0  # no policy lets even the owner's statement reach a row
    with everything():
        assert AuditEvent.objects.filter(action="session.login").exists()


def test_what_is_seen_in_clear_stands_in_the_audit_without_being_told_there(cast: Cast, login) -> None:
    claim = claim_in("approved", cast)
    paper = paper_on(claim, cast.clerk)
    client = login(cast.adjuster)
    client.post(f"/claims/{claim.number}/reveal/", {"field": "payee_account", "reason": "核对回单"})
    client.get(f"/papers/{paper.pk}/")
    client.get(f"/claims/{claim.number}/statement.pdf")
    with everything():
        events = {event.action: event for event in AuditEvent.objects.filter(actor=cast.adjuster)}
    assert {"secret.reveal", "paper.view", "claim.print"} <= set(events)
    reveal = events["secret.reveal"]
    assert (reveal.target, reveal.detail) == (claim.number, {"field": "payee_account", "reason": "核对回单"})
    assert (reveal.ip, len(reveal.trace), reveal.role) == ("127.0.0.1", 8, "adjuster")


def test_an_auditor_reads_what_happened_in_the_county(cast: Cast, login) -> None:
    claim = claim_in("paid", cast)
    page = login(cast.auditor).get("/audit/", {"action": "claim."}).content.decode()
    assert claim.number in page
    assert "claim.pay" in page
    assert "session.login" not in page


def test_a_change_that_is_taken_back_leaves_no_event(cast: Cast) -> None:
    """The event is written in the transaction of the change."""
    point = transaction.savepoint()
    record("claim.pay", by=cast.clerk)
    transaction.savepoint_rollback(point)
    with everything():
        assert not AuditEvent.objects.filter(action="claim.pay").exists()

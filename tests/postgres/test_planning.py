"""How PostgreSQL is asked to carry out what the portal asks."""

import time

import pytest
from django.db import OperationalError, connection, transaction

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_statements_are_not_compiled() -> None:
    """Compiling took 4 s where running took 0.2 s."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_a_transaction_in_which_nothing_happens_is_ended() -> None:
    """What a frozen worker holds is given up after two minutes, not when its machine is found."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("2min",)


@pytest.mark.django_db(transaction=True)
def test_who_comes_back_after_that_is_told() -> None:
    with pytest.raises(OperationalError):
        sleep_within_a_transaction()
    connection.close()


def sleep_within_a_transaction() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 50")
        time.sleep(0.3)
        cursor.execute("SELECT 1")

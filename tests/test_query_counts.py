"""How many questions a list asks of the database, pinned: the same for a few rows as for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import OWN, Cast, claim_in, enrol, uploaded
from tests.enrollment.endorsing import removal
from tests.enrollment.test_import import roster_book, rows_of

PAGES = {
    "/": ("clerk", 21),
    "/roster/": ("clerk", 11),
    "/claims/": ("clerk", 18),
    "/endorsements/": ("clerk", 12),
    "/roster/import/": ("clerk", 12),
    "/jobs/": ("clerk", 10),
    "/editions/": ("clerk", 10),
    "/editions/wanzhou-2021/": ("clerk", 14),
    "/editions/wanzhou-2021/try/?example=2": ("clerk", 10),
    "/disability/": ("clerk", 11),
    "/disability/?size=100&q=缺失": ("clerk", 11),
    "/premiums/wanzhou-2021/": ("finance", 15),
    "/people/": ("administrator", 8),
    "/organizations/": ("administrator", 8),
    "/regions/": ("administrator", 9),
    "/audit/": ("auditor", 8),
}


def asked(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    ours = [
        query
        for query in captured.captured_queries
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))
    ]
    return len(ours)


@pytest.mark.parametrize("address", PAGES)
def test_a_list_asks_no_more_for_more_rows(address: str, cast: Cast, login) -> None:
    actor, pinned = PAGES[address]
    client = login(getattr(cast, actor))
    claim_in("accepted", cast, enrol(OWN, 1))
    removal(enrol(OWN, 10), cast)
    uploaded(roster_book(*rows_of(20)), cast.clerk)
    client.get(address)  # the calendar and the terms are read once and kept
    few = asked(client, address)
    for n in range(2, 8):
        claim_in("accepted", cast, enrol(OWN, n))
        removal(enrol(OWN, 10 + n), cast)
    uploaded(roster_book(*rows_of(21)), cast.clerk, name="又一份.xlsx")
    assert (few, asked(client, address)) == (pinned, pinned)

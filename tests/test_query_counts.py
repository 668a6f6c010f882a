"""How many questions a list asks of the database, pinned: the same for a few rows as for many."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NEAR, OWN, Cast, claim_in, enrol, uploaded, villages
from tests.enrollment.batches import book, confirm, confirmed
from tests.enrollment.endorsing import removal
from tests.enrollment.test_import import roster_book, rows_of
from tests.lists.making import in_force, row_of

PAGES = {
    "/": ("clerk", 17),
    "/roster/": ("clerk", 9),
    "/roster/enter/": ("clerk", 6),
    "/prints/": ("clerk", 16),
    "/claims/": ("clerk", 14),
    "/endorsements/": ("clerk", 8),
    "/roster/import/": ("clerk", 9),
    "/roster/progress/": ("clerk", 4),
    "/jobs/": ("clerk", 6),
    "/person-lists/": ("authority", 8),
    "/person-lists/enrolled/": ("authority", 8),
    "/progress/": ("authority", 12),
    "/progress/figures/": ("clerk", 6),
    "/progress/keepers/": ("clerk", 8),
    "/unenrolled/": ("clerk", 23),
    "/editions/": ("clerk", 6),
    "/editions/wanzhou-2021/": ("clerk", 10),
    "/editions/wanzhou-2021/try/?example=2": ("clerk", 6),
    "/disability/": ("clerk", 7),
    "/disability/?size=100&q=缺失": ("clerk", 7),
    "/premiums/wanzhou-2021/": ("finance", 12),
    "/people/": ("administrator", 5),
    "/organizations/": ("administrator", 5),
    "/regions/": ("administrator", 6),
    "/audit/": ("auditor", 5),
}


def asked(client, address: str) -> int:
    caches["counts"].clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    ours = [
        query
        for query in captured.captured_queries
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))
    ]
    return len(ours)


def lists_come_in(cast: Cast, n: int) -> None:
    """Members who are not enrolled, and a list on which somebody enrolled stands; with someone to look after them."""
    home = villages(OWN)[0].name
    rows = [row_of(k, place=OWN, village=home) for k in range(n, n + 1 + n // 10)]
    in_force("members", *rows, by=cast.authority)
    in_force("dead", row_of(1), row_of(n % 30 // 5), by=cast.authority)


def test_a_list_asks_no_more_for_more_rows(cast: Cast, login) -> None:
    claim_in("accepted", cast, enrol(OWN, 1))
    removal(enrol(OWN, 10), cast)
    uploaded(roster_book(*rows_of(20)), cast.clerk)
    lists_come_in(cast, 30)
    assert all_asked(cast, login) == PAGES
    for n in range(2, 8):
        claim_in("accepted", cast, enrol(OWN, n))
        removal(enrol(OWN, 10 + n), cast)
    uploaded(roster_book(*rows_of(21)), cast.clerk, name="又一份.xlsx")
    lists_come_in(cast, 40)
    assert all_asked(cast, login) == PAGES


def all_asked(cast: Cast, login) -> dict[str, tuple[str, int]]:
    return {
        address: (actor, asked_again(login(getattr(cast, actor)), address)) for address, (actor, _) in PAGES.items()
    }


def asked_again(client, address: str) -> int:
    """At the second look: the calendar and the terms are read once and kept, and a new session has been written."""
    client.get(address)
    return asked(client, address)


@pytest.mark.parametrize(("part", "pinned"), [("", 15), ("household/", 7)])
def test_a_persons_page_asks_no_more_for_more_claims_and_members(part: str, pinned: int, cast: Cast, login) -> None:
    person = enrol(OWN, 1)
    client = login(cast.clerk)
    claim_in("paid", cast, person)
    address = f"/roster/person/{person.pk}/{part}"
    client.get(address)
    few = asked(client, address)
    for n in range(2, 6):
        enrol(OWN, n)
        claim_in("paid", cast, person)
    assert (few, asked(client, address)) == (pinned, pinned)


TABS = {"?tab=conflict": 10, "?tab=new": 9, "?tab=removed": 8}


def test_a_batch_and_what_waits_for_the_county_ask_no_more_for_more_rows(cast: Cast, login) -> None:
    found = []
    for first, last in ((1, 3), (10, 30)):
        for n in range(first, last):
            enrol(NEAR, n, household=f"N{n}")
        batch = confirmed(book(*range(first, last + 5)), cast.clerk, name=f"{first}.xlsx")
        assert batch.counts["queued"] == last - first
        tabs = {tab: asked_again(login(cast.clerk), f"/roster/import/{batch.pk}/{tab}") for tab in TABS}
        found.append((tabs, asked_again(login(cast.authority), "/roster/conflicts/")))
    assert found == [(TABS, 6)] * 2


def test_what_a_batch_changes_asks_no_more_for_more_people(cast: Cast, login) -> None:
    found = []
    for first, last in ((1, 3), (10, 30)):
        people = range(first, last)
        confirmed(book(*people), cast.clerk, name=f"{first}.xlsx")
        batch = uploaded(book(*people, village=1), cast.clerk, name=f"{first}又.xlsx")
        address = f"/roster/import/{batch.pk}/?tab=changed"
        before = asked_again(login(cast.clerk), address)
        assert confirm(batch, cast.clerk).counts["changed"] == last - first
        found.append((before, asked_again(login(cast.clerk), address)))
    assert found == [(10, 13)] * 2

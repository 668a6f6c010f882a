"""What the pages of the steps ask of the database: the same for one township, village or person as for many."""

from tests.cast import FAR, NEAR, OWN, Cast
from tests.steps.climbing import bring_up, enrol_in, object_to, page
from tests.test_query_counts import asked

PINNED = {"progress": 10, "township": 15, "people": 8, "workbench": 7}


def test_a_page_asks_no_more_for_more(edition, cast: Cast, at) -> None:
    client = at(cast.police)
    addresses = {
        "progress": "/roster/progress/",
        "township": page(),
        "people": page(OWN, "people"),
        "workbench": "/",
    }
    person = enrol_in(edition, OWN, 1)
    bring_up(edition, "police", cast)
    object_to(person, cast.police)
    for address in addresses.values():
        client.get(address)  # the calendar and the terms are read once and kept
    assert {name: asked(client, address) for name, address in addresses.items()} == PINNED
    for n in range(2, 8):
        object_to(enrol_in(edition, OWN, n, village=n % 3), cast.police)
    for n, place in enumerate((NEAR, FAR), start=20):
        enrol_in(edition, place, n)
        bring_up(edition, "collate", cast, place)
    assert {name: asked(client, address) for name, address in addresses.items()} == PINNED

"""Who was taken off a roster is found too, with the day and the reason, and counted among nobody insured."""

import re

import pytest
from django.db import connection
from django.utils import timezone

from enrollment.models import Enrollment
from enrollment.removed import removed_matching
from enrollment.search import parse_query
from orgs.bulk import refresh_statistics
from orgs.models import User
from orgs.scope import acting, scope_of, visible
from tests.cast import NEAR, OWN, Cast, enrol, id_number, read_edition, villages
from tests.enrollment.batches import book, confirmed, decided, row, undone, waiting
from tests.enrollment.endorsing import agree, removal
from tests.enrollment.test_plans import steps_of
from tests.test_query_counts import asked_again

pytestmark = pytest.mark.django_db


def look(client, text: str, **more: str) -> str:
    client.post("/roster/search/", {"q": text})
    return client.get("/roster/", more).content.decode()


def told(html: str) -> list[str]:
    """Each removed person of the list: what it says, in one line."""
    if 'aria-label="已减员的人' not in html:
        return []
    body = html[html.index('aria-label="已减员的人') :]
    rows = re.findall(r"<tr>(.*?)</tr>", body[body.index("<tbody>") : body.index("</tbody>")], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in rows]


@pytest.fixture
def endorsed_out(cast: Cast) -> Enrollment:
    person = enrol(OWN, 1, name="谭某故")
    enrol(OWN, 2, name="谭某在", household="H002")
    agree(removal(person, cast), cast.adjuster)
    return person


@pytest.mark.parametrize("text", ["谭某故", "某故", "tmg", "number"])
def test_whoever_was_endorsed_out_is_found_with_day_and_reason(text: str, endorsed_out, cast: Cast, login) -> None:
    html = look(login(cast.clerk), id_number(1) if text == "number" else text)
    (line,) = told(html)
    today = timezone.localdate().isoformat()
    assert re.search(
        rf"^谭某故 5001\*+\w\w .*已减员 {today} 批改减员，死亡（\w+[\w-]*），保障到 2021-05-31 止$", line
    ), line
    assert ("共 0 人" in html, ">在册 0<" in html, ">已减员 1<" in html, "在册 1 人" in html) == (True,) * 4
    assert id_number(1) not in html


def test_who_is_on_the_roster_is_shown_first_and_the_others_one_click_away(endorsed_out, cast: Cast, login) -> None:
    client = login(cast.clerk)
    html = look(client, "谭某")
    assert ("谭某在</a>" in html, "谭某故</a>" in html, ">在册 1<" in html, ">已减员 1<" in html) == (
        True,
        False,
        True,
        True,
    )
    html = client.get("/roster/?standing=removed").content.decode()
    assert ("谭某在</a>" in html, "谭某故</a>" in html, "共 1 人" in html) == (False, True, True)
    nobody = look(client, "谭某故", standing="present")
    assert ("在册的人里没有找到“谭某故”" in nobody, told(nobody)) == (True, [])


def test_each_way_off_a_roster_has_its_reason(cast: Cast, login) -> None:
    home = villages(OWN)[0].pk
    confirmed(book(1, 2), cast.clerk)
    confirmed(book(2), cast.clerk, name="整村.xlsx", whole=(home,))
    undone(confirmed(book(3), cast.clerk, name="三.xlsx"), cast.clerk)
    confirmed(book(4), cast.clerk, name="四.xlsx")
    confirmed(book(4, place=NEAR), cast.near_clerk, place=NEAR, name="近.xlsx")
    decided(waiting()[0], "transfer", cast.authority)
    client = login(cast.clerk)
    reasons = [told(look(client, id_number(n)))[0].split()[-1] for n in (1, 3, 4)]
    assert reasons == ["整村名册里没有", "导入的那一批已撤销", "区县办理"]
    assert NEAR not in look(client, id_number(4)), "no word of where"
    assert told(look(login(cast.authority), id_number(4))) == [], "the county sees the person on the other roster"


def test_whoever_came_back_is_not_told_as_gone_and_nobody_twice(cast: Cast, login) -> None:
    client = login(cast.clerk)
    for name in ("一.xlsx", "二.xlsx"):
        undone(confirmed(book(1), cast.clerk, name=name), cast.clerk)
    assert len(told(look(client, id_number(1)))) == 1
    confirmed(book(1, village=1), cast.clerk, name="三.xlsx")
    html = look(client, id_number(1), place=str(villages(OWN)[0].pk))
    assert (told(html), "已减员" in html) == ([], False), "of another village now"


def test_a_neighbour_finds_nobody(endorsed_out, cast: Cast, login) -> None:
    for user in (cast.near_clerk, cast.far_adjuster):
        html = look(login(user), id_number(1))
        assert ("谭某故" in html, "已减员" in html) == (False, False)
    assert told(look(login(cast.adjuster), id_number(1))) != []
    (line,) = told(look(login(cast.approver), id_number(1)))  # sees no endorsements
    assert "批改减员，保障到" in line


def test_names_are_not_looked_for_among_too_many(
    endorsed_out, cast: Cast, login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enrollment.removed.MOST_LOOKED_THROUGH", 0)
    client = login(cast.clerk)
    html = look(client, "谭某故")
    assert ("已减员的人太多，请用身份证号查" in html, told(html)) == (True, [])
    assert len(told(look(client, id_number(1)))) == 1


def test_the_list_asks_no_more_for_more(cast: Cast, login) -> None:
    client, counts = login(cast.clerk), []
    for first, last in ((1, 3), (10, 25)):
        for n in range(first, last):
            person = enrol(OWN, n, name=f"谭某{row(n)[0][-1]}", household=f"H{n}")
            agree(removal(person, cast), cast.adjuster)
        client.post("/roster/search/", {"q": "谭某"})
        counts.append(asked_again(client, "/roster/?standing=removed"))
    assert counts == [17, 17]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")
@pytest.mark.parametrize("by", ["clerk", "authority"])
def test_a_number_is_looked_up_in_the_index_of_those_taken_off(by: str, cast: Cast) -> None:
    for n in range(1, 13):
        enrol(OWN, n, removed_at=timezone.now() if n % 2 else None)
    refresh_statistics()  # as after every load of a size
    user: User = getattr(cast, by)
    query = parse_query(id_number(1))
    assert query is not None
    with acting(scope_of(user)):
        seen = visible(Enrollment, user).filter(edition=read_edition())
        found = removed_matching(seen, query, seen=seen)
        assert found is not None
        sql, parameters = found.query.sql_with_params()
        with connection.cursor() as cursor:
            literal = cursor.db.ops.last_executed_query(cursor, sql, parameters)
    steps = " | ".join(steps_of(literal))
    assert "enrollment_removed (edition_id=? AND id_index=?)" in steps
    assert "SCAN enrollment" not in steps

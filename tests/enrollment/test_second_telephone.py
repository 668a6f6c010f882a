"""A roster keeps one telephone of a person: who wrote two is told, beside the row, which one is kept nowhere."""

import pytest

from enrollment.models import RosterRow
from enrollment.services.comparing import compare, forget_comparison
from orgs.scope import acting, scope_of
from tests.cast import Cast, enrol, uploaded
from tests.enrollment.batches import confirm, on_roster, row
from tests.ground import everything
from tests.people.test_entering import enter
from tests.people.test_entering import row as typed
from tests.roster.books import book_of

pytestmark = pytest.mark.django_db

TWO = "10000000001/10000000002"
TOLD = "联系电话还写了 100****0002，名册只留第一个号码"


def phones(*written: str) -> bytes:
    titles = ("姓名", "身份证号", "乡镇", "村", "联系电话")
    return book_of(titles, *((*row(n), text) for n, text in enumerate(written, start=1)))


def test_the_preview_tells_it_beside_the_row_and_above(cast: Cast, login) -> None:
    enrol(n=1, name=row(1)[0])
    batch = uploaded(phones(TWO, TWO, "10000000003"), cast.clerk)
    assert (batch.counts["new"], batch.counts["changed"], batch.counts["rejected"]) == (2, 1, 0)
    assert batch.notes == ["“名册”第 2 行、“名册”第 3 行写了几个电话号码，名册只留第一个，下面逐行列出"]
    client = login(cast.clerk)
    for tab, told in (("new", 1), ("changed", 1), ("problems", 0)):
        page = client.get(f"/roster/import/{batch.pk}/?tab={tab}").content.decode()
        assert (page.count(TOLD), "10000000002" in page) == (told, False)
    confirm(batch, cast.clerk)
    assert [on_roster(n).phone.reveal() for n in (1, 2, 3)] == ["10000000001", "10000000001", "10000000003"]


def test_one_telephone_each_takes_no_column(cast: Cast, login) -> None:
    batch = uploaded(phones("10000000001", "10000000009/100 0000 0009"), cast.clerk)
    assert batch.notes == []
    assert "没有录入的" not in login(cast.clerk).get(f"/roster/import/{batch.pk}/?tab=new").content.decode()


def test_it_is_told_still_once_the_rosters_are_compared_anew(cast: Cast) -> None:
    enrol(n=1, name=row(1)[0])
    batch = uploaded(phones(TWO, TWO), cast.clerk)
    with acting(scope_of(cast.clerk)):
        forget_comparison(batch)
    compare(batch, scope_of(cast.clerk))
    with everything():
        rows = RosterRow.objects.filter(batch=batch).order_by("number")
        assert [(one.outcome, len(one.problems)) for one in rows] == [("changed", 1), ("new", 1)]


def test_whoever_types_two_is_told_when_they_are_saved(cast: Cast, login) -> None:
    answer = enter(cast.clerk, typed(1, phone=TWO))
    assert (answer.cut, answer.batch is not None) == ([1], True)
    assert TOLD in login(cast.clerk).get(f"/roster/import/{answer.batch.pk}/?tab=new").content.decode()

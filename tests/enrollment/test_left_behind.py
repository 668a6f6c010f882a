"""Places that are no more: said before anybody carries last year's roster over, with where their names live on."""

import pytest
from pytest_django import DjangoAssertNumQueries

from enrollment.left_behind import left_behind
from enrollment.services.carrying import CarryRefused
from orgs.models import Region, RegionName
from orgs.scope import acting, scope_of
from schemes.models import Edition
from tests.cast import NEAR, OWN, Cast, read_edition, township, villages
from tests.enrollment.batches import another_edition, book, carried, confirm, confirmed
from tests.ground import everything

pytestmark = pytest.mark.django_db
ALWAYS = 6


@pytest.fixture
def after(cast: Cast) -> Edition:
    """Next year's edition, in which NEAR takes no part any more; OWN has taken its name over."""
    confirmed(book(1, 2), cast.clerk)
    confirmed(book(9, place=NEAR), cast.near_clerk, place=NEAR)
    edition = another_edition("next", years=1)
    edition.assignments.filter(township=township(NEAR)).delete()
    RegionName.objects.create(region=township(OWN), name=NEAR, kind="former", source="区划调整")
    return edition


def test_the_page_says_it_before_anything_is_carried(cast: Cast, login, after: Edition) -> None:
    sentence = f"“{NEAR}”今年不参加本方案，现为“{OWN}”；去年的 1 人不能结转，请在“{OWN}”的名册里上传"
    assert sentence in login(cast.authority).get("/roster/import/").content.decode()


def test_a_township_that_is_no_more_is_refused_at_once(cast: Cast, after: Edition) -> None:
    with pytest.raises(CarryRefused, match=f"现为“{OWN}”"):
        carried(after, NEAR, cast.near_clerk)


def test_without_a_known_successor_nobody_guesses(cast: Cast, after: Edition) -> None:
    RegionName.objects.filter(name=NEAR, region=township(OWN)).delete()
    with pytest.raises(CarryRefused, match="请由现在的乡镇上传名册"):
        carried(after, NEAR, cast.near_clerk)


def test_the_whole_county_is_carried_without_it_and_says_so(cast: Cast, after: Edition) -> None:
    batch = carried(after, None, cast.authority)
    assert (batch.state, batch.counts["new"]) == ("checked", 2)
    assert [NEAR in note for note in batch.notes] == [True]
    assert confirm(batch, cast.authority).counts["new"] == 2


def test_a_village_that_was_merged_is_left_behind_and_named(cast: Cast, after: Edition) -> None:
    confirmed(book(3, village=1), cast.clerk, name="又.xlsx")
    old, new = villages(OWN)[1:3]
    Region.objects.filter(pk=old.pk).update(active=False)
    RegionName.objects.create(region=new, name=old.name, kind="former", source="合村")
    batch = carried(after, OWN, cast.clerk)
    assert (batch.counts["new"], batch.notes) == (
        2,
        [f"“{OWN}{old.name}”已撤并，现为“{OWN}{new.name}”；去年的 1 人不能结转，请在“{OWN}{new.name}”的名册里上传"],
    )
    with everything():
        assert not batch.rows.filter(village_id=old.pk).exists()


def test_many_places_take_no_more_queries_than_one(
    cast: Cast, after: Edition, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    confirmed(book(3, village=1), cast.clerk, name="又.xlsx")
    confirmed(book(4, village=2), cast.clerk, name="再.xlsx")
    before, heir = read_edition(), villages(OWN)[3]
    with acting(scope_of(cast.authority)):
        with django_assert_num_queries(ALWAYS):
            assert len(left_behind(after, before, cast.authority)) == 1
        for old in villages(OWN)[1:3]:
            Region.objects.filter(pk=old.pk).update(active=False)
            RegionName.objects.create(region=heir, name=old.name, kind="former", source="合村")
        with django_assert_num_queries(ALWAYS):
            found = left_behind(after, before, cast.authority)
    assert {one.place.name: one.successors for one in found} == {
        NEAR: (township(OWN),), villages(OWN)[1].name: (heir,), villages(OWN)[2].name: (heir,)
    }  # fmt: skip

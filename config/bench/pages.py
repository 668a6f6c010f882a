"""The queries of a township's page, an ID look-up, a search for a given name and the sums by township, on the roster
as it stands, against bare SQL by key."""

import random
import time
from collections.abc import Callable

from django.db import connection
from django.db.models import QuerySet, Sum

from config.bench.measured import BenchRefused, Measured, Options, own_peak_mb, percentile_95
from enrollment.models import Enrollment, VillageTotal
from enrollment.search import PersonQuery, counted, matching
from enrollment.views.roster import in_page_order
from orgs.models import Region, User
from orgs.paging import SIZES
from orgs.scope import acting, scope_of, system_scope, visible
from orgs.services.system_accounts import reader_of
from schemes.models import Edition

TIMES = 50
PAGE = SIZES[0]  # what the list shows unless asked for more


def run(_options: Options) -> list[Measured]:
    """95th percentiles of 50 queries each, as the county's people ask them."""
    with system_scope("bench"):
        edition = Edition.objects.filter(state=Edition.State.PUBLISHED, village_totals__isnull=False).first()
    if edition is None:
        raise BenchRefused("还没有名册，请先 make_roster 再 import_roster --commit --only-valid")
    reader = reader_of(edition.place)
    with acting(scope_of(reader)):
        people = visible(Enrollment, reader).filter(edition=edition, removed_at__isnull=True)
        townships = list(VillageTotal.objects.filter(edition=edition).values_list("township_id", flat=True).distinct())
        keys = list(people.order_by().values_list("pk", "id_index")[: TIMES * 40])
        given = list(people.order_by().values_list("given", flat=True)[: TIMES * 40 * 100 : 100])
        chance = random.Random(1)  # noqa: S311 - the same choice every time
        chosen = [chance.choice(keys) for _ in range(TIMES)]
        places = [chance.choice(townships) for _ in range(TIMES)]
        regions = Region.objects.in_bulk(places)
        pages = [lambda place=place: list(in_page_order(people, regions[place])[:PAGE]) for place in places]
        look_ups = [lambda index=index: list(people.filter(id_index=index)) for _, index in chosen]
        names = [PersonQuery("name", chance.choice(given), "") for _ in range(TIMES)]
        searches = [lambda name=name: _search(people, name) for name in names]
        sums = [lambda: list(_sums(reader, edition)) for _ in range(TIMES)]
        bare_pages = [lambda key=key: _bare(key, PAGE) for key, _ in chosen]
        bare_rows = [lambda key=key: _bare(key, 1) for key, _ in chosen]
        return [
            _measured("pages.township", pages, bare_pages),
            _measured("pages.id_lookup", look_ups, bare_rows),
            _measured("pages.given_name", searches, bare_pages),
            _measured("pages.dashboard", sums, bare_rows),
        ]


def _search(people: QuerySet[Enrollment], name: PersonQuery) -> object:
    """What the list asks for two characters: a page and its count."""
    found = matching(in_page_order(people, None), name)
    return counted(found), list(found[:PAGE])


def _sums(reader: User, edition: Edition) -> QuerySet[VillageTotal]:
    """People and households by township, from the sums kept by village."""
    totals = visible(VillageTotal, reader).filter(edition=edition).values("township_id").order_by("township_id")
    return totals.annotate(persons_sum=Sum("persons"), households_sum=Sum("households"))


Query = Callable[[], object]


def _measured(name: str, queries: list[Query], bare: list[Query]) -> Measured:
    note = f"{len(queries)} 次查询的 95 百分位；对照为按主键直接取同样多的行"
    return Measured(name, _percentile(queries), _percentile(bare), own_peak_mb(), note)


def _percentile(queries: list[Query]) -> float:
    queries[0]()  # the first one pays for the connection and the plan
    return percentile_95([_seconds(query) for query in queries])


def _seconds(query: Query) -> float:
    """Time in the database: from sending the statements to their answers, without making objects of rows."""
    spent = 0.0

    def clocked(execute, sql, parameters, many, context):
        nonlocal spent
        started = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            spent += time.perf_counter() - started

    with connection.execute_wrapper(clocked):
        query()
    return spent


def _bare(first: int, rows: int) -> object:
    with connection.cursor() as cursor:
        # a range of keys, which a load gives in turn: a LIMIT tempts the planner to walk another index to its end
        cursor.execute("SELECT * FROM enrollment_enrollment WHERE id >= %s AND id < %s", [first, first + rows])
        return cursor.fetchall()

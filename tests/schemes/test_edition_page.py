"""The page of an edition shows what its document says, and only what it has."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import Role
from schemes.models import Edition
from schemes.terms.sections import coverage_notes, deadline_rows, own_figures, shared_limits
from schemes.terms.sections_money import pool_view, risk_table, share_table, target_table
from tests.premiums.conftest import Somebody, publish, somebody  # noqa: F401
from tests.rules.editions import ROOT, terms_of
from tests.rules.features import terms_of as feature

EDITIONS = Path(ROOT, "fixtures/editions")
SECTIONS = {
    "wanzhou-2021": {"premium", "insurers", "routes"},
    "xiangning-2024": {"limits", "premium", "insurers", "stages", "roster_steps", "routes"},
    "zhenping-2016": {"limits", "premium", "insurers", "targets", "stages", "roster_steps", "routes"},
    "dazu-2024": {"limits", "premium", "insurers", "pool", "routes", "departments"},
    "liaocheng-2022": {"limits", "premium", "insurers", "routes", "states"},
}
OPTIONAL = {
    *("limits", "premium", "insurers", "pool", "risk", "targets", "stages", "roster_steps", "routes", "departments"),
    "states",
}
PINNED = 9


def page_of(edition: str, somebody: Somebody, login) -> tuple[str, int]:  # noqa: F811
    """The page as the authority of the place sees it, and how many questions it asked of the database."""
    text = (EDITIONS / f"{edition}.yaml").read_text(encoding="utf-8")
    if not Edition.objects.filter(code=edition).exists():
        publish(text)
    client = login(somebody(Role.AUTHORITY, terms_of(edition).place))
    client.get(f"/editions/{edition}/")
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"/editions/{edition}/")
    assert answer.status_code == 200
    ours = [
        one
        for one in captured.captured_queries
        if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))
    ]
    return answer.content.decode(), len(ours)


@pytest.mark.parametrize("edition", SECTIONS)
def test_it_has_the_sections_of_its_document(edition: str, somebody: Somebody, login) -> None:  # noqa: F811
    html, asked = page_of(edition, somebody, login)
    found = set(re.findall(r'<section class="sheet" id="(\w+)"', html))
    assert found & OPTIONAL == SECTIONS[edition]
    terms = terms_of(edition)
    assert f"{len(terms.examples)} 个，全部通过" in html
    assert all(f"?example={number}" in html for number in range(1, len(terms.examples) + 1))
    links = set(re.findall(r'<a href="#([\w-]+)"', html))
    assert links <= set(re.findall(r' id="([\w-]+)"', html)), "a link of the page leads nowhere"
    assert asked == PINNED + (2 if "states" in SECTIONS[edition] else 0)


def test_made_up_figures_are_marked_in_every_section(somebody: Somebody, login) -> None:  # noqa: F811
    html, _ = page_of("dazu-2024", somebody, login)
    for section, marks in {"pool": 9, "premium": 2, "limits": 6}.items():
        part = re.search(rf'id="{section}".*?</section>', html, re.DOTALL)
        assert part is not None
        assert part[0].count("试用参数") >= marks, section


def test_targets_add_up() -> None:
    table = target_table(terms_of("zhenping-2016"))
    assert (table.population, table.target, len(table.rows)) == (50_973, 25_488, 7)


def test_shares_stand_by_class_of_regions() -> None:
    table = share_table(terms_of("liaocheng-2022"))
    assert table.payers == ("省级财政", "市级财政", "县级财政")
    assert [row.parts for row in table.rows] == [("90%", "0%", "10%"), ("60%", "30%", "10%")]
    assert table.rows[0].whom == "临清市、冠县、莘县、阳谷县、高唐县"


def test_a_category_pays_its_own_share() -> None:
    rows = share_table(feature("shares-by-category")).rows
    assert len({row.whom for row in rows}) == len(rows)


def test_the_pool_names_who_decides() -> None:
    pool = pool_view(terms_of("dazu-2024"))
    assert [member.share.text for member in pool.members][:2] == ["40%", "20%"]
    assert [rule.text for rule in pool.rules][:3] == [
        "首席承保人全权处理", "赔付前告知各共保方，听取意见", "全体共保人会商",
    ]  # fmt: skip
    assert pool_view(terms_of("wanzhou-2021")) is None


def test_risk_is_shared_by_layers() -> None:
    table = risk_table(feature("risk-sharing"))
    assert len(table.payers) == 2
    assert all(len(row.parts) == 2 for row in table.rows)


def test_deadlines_say_from_when_they_count() -> None:
    rows = {row.deadline.label: (row.text, row.coverages) for row in deadline_rows(terms_of("zhenping-2016"))}
    assert rows["身故赔付"] == ("报案后 7 个工作日", ("意外身故", "疾病身故"))
    assert rows["意外医疗赔付"] == ("受理后 2 个工作日", ("意外医疗",))


def test_shared_limits_name_their_coverages_and_stand_once() -> None:
    terms = terms_of("liaocheng-2022")
    shared = {one.limit.code: one for one in shared_limits(terms)}
    assert set(shared) == {"aggregate", "other_per_occurrence", "other_per_year"}
    assert [line.label for line in shared["aggregate"].lines] == [
        "已决定按重特大灾害上浮限额：否",
        "已决定按重特大灾害上浮限额：是",
    ]
    housing = own_figures(terms, terms.coverages["housing"])
    assert [line.text for line in housing][:1] == ["50,000.00"]
    assert not any("保费总额" in line.text for line in housing)


def test_what_follows_and_what_is_advanced_is_said_in_words() -> None:
    terms = terms_of("xiangning-2024")
    (note,) = coverage_notes(terms, terms.coverages["accident_death"])
    assert note.text == "同一次事故意外残疾、意外烧伤赔满 30,000.00 元后 1 个月之内，改按“追加意外身故赔付”给付"
    advances = feature("advances")
    settling = next(one for one in advances.coverages.values() if one.settles)
    assert "多退少补" in next(iter(coverage_notes(advances, settling))).text

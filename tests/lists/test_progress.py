"""Targets and progress: the notice's own figures, what follows from them, and the pages that show them."""

import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from enrollment.models import Enrollment, RegionFigure, VillageRecognition
from enrollment.progress import Measured, added, signed
from enrollment.progress_figures import read_progress
from enrollment.services.confirming import sum_up_villages
from enrollment.services.figures import FigureEntry, FiguresRefused, enter_figures
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from schemes.services import publish_edition, store_edition
from schemes.terms.loader import load_document
from schemes.terms.premiums import target_of
from tests.cast import FAR, NEAR, OWN, Cast, enrol, read_edition, township, villages
from tests.ground import everything
from tests.lists.making import in_force, row_of

FIXTURES = Path(__file__).parents[2] / "fixtures" / "editions"
CASES = Path(__file__).parents[1] / "cases" / "premiums.yaml"
NOTICE = yaml.safe_load(CASES.read_text(encoding="utf-8"))["participation_targets"]


def zhenping():
    loaded = load_document((FIXTURES / "zhenping-2016.yaml").read_text(encoding="utf-8"), "zhenping-2016.yaml")
    assert loaded.terms is not None
    return loaded.terms


# --- figures without a database -----------------------------------------------------------------------------------
def test_every_town_s_target_is_the_notice_s_and_they_add_up_to_its_total() -> None:
    found = zhenping().participation
    assert found is not None
    towns, total = NOTICE["towns"], NOTICE["total"]
    told = [{"town": one.township, "population": one.population, "target": one.target} for one in found.places]
    assert told == towns
    assert [found.target_of(one["population"]) for one in towns] == [one["target"] for one in towns]
    assert {key: sum(one[key] for one in towns) for key in total} == total
    assert found.target_of(50973) == 25487  # rows are rounded, then added: not the whole at once


@given(st.integers(0, 10**7), st.decimals("0", "1", places=4))
def test_a_target_is_the_nearest_whole_number_of_people_and_half_goes_up(population: int, ratio: Decimal) -> None:
    target = target_of(Decimal(population), ratio)
    exact = population * ratio
    assert Decimal("-0.5") < target - exact <= Decimal("0.5")
    assert 0 <= target <= population


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_what_is_not_reached_is_never_printed_as_a_hundred_per_cent(enrolled: int, goal: int) -> None:
    one = Measured(enrolled, goal)
    assert (float(one.rate[:-1]) >= 100) == (enrolled >= goal)
    assert (one.missing == 0) == (enrolled >= goal)
    assert (one.width > 0) == (enrolled > 0)
    assert one.state == ("not_begun" if not enrolled else "reached" if enrolled >= goal else "under_way")


def test_sums_and_differences_know_when_they_are_not_known() -> None:
    assert (added([1, 2]), added([1, None]), added([])) == (3, None, 0)
    assert (signed(3), signed(-1200), signed(0), signed(None)) == ("多 3 人", "少 1,200 人", "相符", "")
    assert (Measured(3, None).rate, Measured(3, None).missing, Measured(3, None).state) == ("", None, "no_goal")


# --- with a roster ------------------------------------------------------------------------------------------------
def edition_with_targets():
    """The ground's edition with the participation that a notice might write for two of its townships."""
    own = read_edition()
    added_section = (
        'participation:\n  ratio: {value: "50%", clause: 二}\n  population_label: 户籍总人口\n  clause: 二\n  places:\n'
        f'    - {{township: {OWN}, population: "5", target: "3"}}\n    - {{township: {NEAR}, population: "9", target: "5"}}\n\n'
    )
    document = own.document.replace("\npremium:\n", f"\n{added_section}premium:\n", 1)
    edition = store_edition(document=document.replace("wanzhou-2021", "wanzhou-targets"), name="t.yaml", by=None)
    return publish_edition(edition=edition, by=None)


def enrol_in(edition, place: str, *numbers: int) -> None:
    people = [enrol(place, n).pk for n in numbers]
    with everything():
        Enrollment.objects.filter(pk__in=people).update(edition=edition)
        sum_up_villages(edition.pk, {villages(place)[0].pk})


def enter(by, *entries: tuple[int, str, int | None], edition=None, source: str = "某统计") -> int:
    cells = [FigureEntry(*entry) for entry in entries]
    with acting(scope_of(by)):
        return enter_figures(
            edition=edition or read_edition(), entries=cells, source=source, as_of=date(2020, 12, 31), by=by
        )


def progress_of(by, edition=None):
    with acting(scope_of(by)):
        return read_progress(edition or read_edition(), by)


def test_a_town_goes_by_the_notice_s_target_and_another_by_its_ratio(cast: Cast) -> None:
    edition = edition_with_targets()
    enrol_in(edition, OWN, 1, 2)
    enter(cast.authority, (township(FAR).pk, "population", 7), edition=edition)
    enter(cast.clerk, (villages(OWN)[0].pk, "population", 5), edition=edition)
    found = progress_of(cast.authority, edition)
    own, near, far = (found.town(township(name).pk) for name in (OWN, NEAR, FAR))
    assert (own.goal, own.enrolled, own.missing, own.rate, own.state) == (3, 2, 1, "66.6%", "under_way")
    assert (near.goal, near.enrolled, near.state_word) == (5, 0, "未启动")
    assert (far.population, far.goal) == (7, 4)
    assert (own.villages[0].goal, own.villages[1].goal) == (3, None)
    assert (found.goal, found.goal_word) == (None, "任务数")  # the others' population is not known
    assert near in found.not_begun


def test_everybody_sees_the_townships_of_their_scope(cast: Cast) -> None:
    enrol(OWN, 1)
    enrol(FAR, 2)
    names = {
        who: {town.name for town in progress_of(getattr(cast, who)).towns}
        for who in ("clerk", "far_clerk", "adjuster", "far_adjuster", "authority", "finance", "auditor")
    }
    assert (names["clerk"], names["far_clerk"]) == ({OWN}, {FAR})
    assert {OWN, NEAR} <= names["adjuster"]
    assert FAR not in names["adjuster"]
    assert {OWN, NEAR}.isdisjoint(names["far_adjuster"])
    assert (
        names["authority"]
        == names["finance"]
        == names["auditor"]
        == names["adjuster"] | names["far_adjuster"] | names["authority"]
    )
    assert progress_of(cast.adjuster).enrolled == 1
    assert progress_of(cast.adjuster).notice_persons is None  # the notice's total is the whole place's


def test_the_roster_is_reconciled_with_the_notice_and_with_what_townships_reported(cast: Cast, login) -> None:
    enrol(OWN, 1)
    enrol(OWN, 2)
    enter(cast.authority, (township(OWN).pk, "reported", 3), (township(NEAR).pk, "reported", 0))
    found = progress_of(cast.authority)
    assert (found.notice_persons, found.off_notice_text) == (106949, "少 106,947 人")
    assert found.town(township(OWN).pk).off_report_text == "少 1 人"
    page = login(cast.authority).get(f"/progress/?place={township(OWN).pk}").content.decode()
    for words in ("106,949", "少 106,947 人", "少 1 人", "未上报", "未启动", "没有专干"):
        assert words in page, words


def test_figures_keep_their_history_and_only_what_changed_is_written(cast: Cast) -> None:
    own = township(OWN).pk
    assert enter(cast.authority, (own, "population", 100), (own, "reported", None)) == 1
    assert enter(cast.authority, (own, "population", 100)) == 0
    assert enter(cast.authority, (own, "population", 120), source="又一统计") == 1
    assert enter(cast.authority, (own, "population", None)) == 1
    with everything():
        kept = [(one.persons, one.source, one.replaced_at is None) for one in RegionFigure.objects.order_by("id")]
        events = AuditEvent.objects.filter(action="figure.enter").count()
    assert kept == [(100, "某统计", False), (120, "又一统计", False)]
    assert events == 3


def test_townships_are_the_authority_s_to_enter_and_villages_their_clerk_s(cast: Cast) -> None:
    for by, region in (
        (cast.clerk, township(OWN)), (cast.clerk, villages(NEAR)[0]), (cast.authority, villages(OWN)[0]), (cast.finance, township(OWN)),
    ):  # fmt: skip
        with pytest.raises(FiguresRefused, match="不归您录入"):
            enter(by, (region.pk, "population", 1))


def test_the_grid_refuses_what_is_no_number_and_keeps_what_was_typed(cast: Cast, login) -> None:
    client, home = login(cast.clerk), villages(OWN)[0]
    form = {
        "source": "村委会",
        "as_of": "2020-12-31",
        f"population_{home.pk}": "一百",
        f"reported_{home.pk}": "１,２００人",
    }
    answer = client.post("/progress/figures/", form)
    assert answer.status_code == 422
    assert "应是 0 或正整数" in answer.content.decode()
    assert "一百" in answer.content.decode()
    assert client.post("/progress/figures/", form | {f"population_{home.pk}": "1300"}).status_code == 302
    with everything():
        assert dict(RegionFigure.objects.values_list("measure", "persons")) == {"population": 1300, "reported": 1200}
        assert RegionFigure.objects.first().insurer_id == cast.adjuster.organization_id


# --- 全村统保 -------------------------------------------------------------------------------------------------------
def village_of(by, number: int = 0):
    town = progress_of(by).town(township(OWN).pk)
    return town.villages[number]


def test_a_village_is_covered_when_everybody_on_the_members_list_is_enrolled(cast: Cast) -> None:
    home = villages(OWN)[0].name
    enrol(OWN, 1)
    in_force("members", row_of(1, place=OWN, village=home), row_of(2, place=OWN, village=home), by=cast.authority)
    assert (village_of(cast.clerk).unenrolled, village_of(cast.clerk).covered_text) == (1, "")
    enrol(OWN, 2)
    assert village_of(cast.clerk).covered_text == "全村统保"
    assert progress_of(cast.authority).covered_villages == 1


def test_somebody_who_has_died_keeps_no_village_from_being_covered(cast: Cast) -> None:
    home = villages(OWN)[0].name
    enrol(OWN, 1)
    in_force("members", row_of(1, place=OWN, village=home), row_of(2, place=OWN, village=home), by=cast.authority)
    in_force("dead", row_of(2), by=cast.authority)
    assert village_of(cast.clerk).covers_all


def test_without_a_members_list_the_entered_population_counts(cast: Cast) -> None:
    enrol(OWN, 1)
    assert village_of(cast.clerk).covered_text == ""
    enter(cast.clerk, (villages(OWN)[0].pk, "population", 2))
    assert village_of(cast.clerk).not_covered == 1
    enrol(OWN, 2)
    assert village_of(cast.clerk).covers_all


def test_a_recognition_stays_when_numbers_change_later(cast: Cast, login) -> None:
    enrol(OWN, 1)
    home = villages(OWN)[0]
    client = login(cast.authority)
    form = {"village": home.pk, "on": "2021-09-01"}
    assert "无从核对" in client.post("/progress/recognise/", form, follow=True).content.decode()
    enter(cast.clerk, (home.pk, "population", 2))
    assert "还有 1 人没有参保" in client.post("/progress/recognise/", form, follow=True).content.decode()
    enter(cast.clerk, (home.pk, "population", 1))
    assert "认定全村统保" in client.get("/progress/").content.decode()
    client.post("/progress/recognise/", form)
    with everything():
        made = VillageRecognition.objects.get()
        assert (made.enrolled, made.basis, made.recognised_by) == (1, "录入人口 1 人", cast.authority)
        assert AuditEvent.objects.filter(action="village.recognise").count() == 1
    assert "已经认定过" in client.post("/progress/recognise/", form, follow=True).content.decode()
    enter(cast.clerk, (home.pk, "population", 4))
    assert village_of(cast.clerk).covered_text == "已认定 2021-09-01，现有 3 人未参保"
    assert "已认定 2021-09-01，现有 3 人未参保" in login(cast.clerk).get("/progress/").content.decode()


# --- the page -----------------------------------------------------------------------------------------------------
def test_the_page_is_live_and_its_workbook_holds_the_same(cast: Cast, login) -> None:
    client = login(cast.authority)
    enter(cast.authority, (township(OWN).pk, "reported", 2))
    address = f"/progress/part/?place={township(OWN).pk}"
    assert "0.0%" in client.get(address).content.decode()
    enrol(OWN, 1)
    assert "50.0%" in client.get(address).content.decode()
    sheet = load_workbook(io.BytesIO(client.get("/progress.xlsx").content)).active
    rows = list(sheet.iter_rows(values_only=True))
    town = next(row for row in rows if row[0] == f"{OWN}小计")
    assert town[3:7] == (2, 1, 1, "50.0%")
    assert not [cell for row in rows for cell in row if str(cell).startswith("=")]
    with everything():
        assert AuditEvent.objects.filter(action="progress.export").count() == 1


def test_the_total_tells_how_far_the_roster_is_from_what_was_reported(cast: Cast, login) -> None:
    for n, place in enumerate((OWN, NEAR), start=1):
        enrol(place, n)
    with acting(scope_of(cast.adjuster)):
        served = [town.id for town in read_progress(read_edition(), cast.adjuster).towns]
    client = login(cast.adjuster)

    def total() -> str:
        page = client.get("/progress/part/").content.decode()
        return page[page.index('<tr class="sum">') : page.index("</tfoot>")]

    enter(cast.authority, (township(OWN).pk, "reported", 2))
    assert not re.search("[多少] [0-9,]+ 人", total()), "somebody has not reported"
    enter(cast.authority, *((pk, "reported", 2) for pk in served))
    assert f"少 {2 * len(served) - 2:,} 人" in total()


def test_the_page_says_against_what_each_figure_stands(cast: Cast, login) -> None:
    enrol(OWN, 1)
    enter(cast.authority, (township(OWN).pk, "reported", 2))
    client = login(cast.clerk)
    assert "还差、完成率比的是上报人数；全村统保比的是户籍人口。" in client.get("/progress/").content.decode()
    in_force("members", row_of(2), by=cast.authority)
    page = client.get("/progress/").content.decode()
    assert "应保未保、全村统保比的是应参保名单" in page
    assert "完成率没到 100% 的村也可能已全村统保" in page


def test_a_place_without_a_roster_says_so(cast: Cast, login) -> None:
    document = (
        read_edition()
        .document.replace("  roster: true", "  roster: false", 1)
        .replace("  excludes:\n    - {list: left_system, clause: 二}\n", "")
    )
    edition = store_edition(document=document.replace("wanzhou-2021", "wanzhou-none"), name="n.yaml", by=None)
    publish_edition(edition=edition, by=None)
    client = login(cast.authority)
    client.post(reverse("edition_choose"), {"code": "wanzhou-none"})
    assert "没有参保名册" in client.get("/progress/").content.decode()

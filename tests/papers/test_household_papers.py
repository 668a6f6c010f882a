"""保险凭证, 明白卡 and what was handed out, household by household."""

import re
import time
from dataclasses import replace

import pytest

from enrollment.models import Enrollment, Handout, PolicySlip, PublicNotice, RosterPrint
from enrollment.papers.families import families_of
from enrollment.papers.premium import family_premium_fen, premium_fen
from enrollment.services.keepers import enter_keeper
from office.models import Job
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from schemes.terms.summary import cover_lines, deadline_lines
from tests.cast import FAR, OWN, Cast, enrol, id_number, read_edition, run_waiting_jobs, township, villages
from tests.ground import everything
from tests.papers.conftest import pdf_of
from tests.papers.test_roster_print import checked, crowd
from tests.premiums.conftest import wanzhou_but
from tests.rules.editions import terms_of
from tests.test_query_counts import asked


def printed(client, place, kind: str):
    return client.post(f"/prints/print/{kind}/", {"place": place.pk})


def slips() -> dict[str, PolicySlip]:
    with everything():
        return {slip.household: slip for slip in PolicySlip.objects.order_by("running")}


def test_a_slip_says_who_is_covered_for_what_by_whom(household, cast: Cast, login, words_of) -> None:
    client, village = login(cast.clerk), villages(OWN)[0]
    text = words_of(pdf_of(printed(client, village, "slips"), client))
    for wanted in (
        "2021年巩固脱贫保保险凭证", "凭证号WZ21-110-00001", "户主谭某华", "保险期间2021-01-01至2021-12-31", "参保2人保费260.00元",
        "5001**********", "人保财险" if False else "中国人民财产保险股份有限公司万州分公司", "报案电话95518", "意外身故、残疾", "50,000.00元",
        "五（一）", "一站式结算", "校验码",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert id_number(1) not in text, "slips hang on walls: numbers are masked"
    assert text.count("凭证号") == 2
    assert "第1页共1页" in text


def test_a_number_stays_whoever_joins_or_leaves(household, cast: Cast, login) -> None:
    client, village = login(cast.clerk), villages(OWN)[0]
    printed(client, village, "slips")
    before = slips()
    assert [slip.number for slip in before.values()] == ["WZ21-110-00001", "WZ21-110-00002"]
    enrol(OWN, 10, name="艾某一", household="A000", group="1组", village=village)  # would come first
    enrol(OWN, 11, name="谭某新", household="H001", group="10组", village=village)
    printed(client, village, "slips")
    after = slips()
    assert {key: after[key].number for key in before} == {key: slip.number for key, slip in before.items()}
    assert after["A000"].number == "WZ21-110-00003"
    assert (after["H001"].persons, after["H001"].premium_fen) == (3, 39_000)
    assert after["H001"].code != before["H001"].code
    assert after["H002"].code == before["H002"].code
    with everything():
        Enrollment.objects.filter(household="H002").update(removed_at="2021-05-01T00:00Z")
    enrol(OWN, 12, name="后某来", household="Z999", village=village)
    printed(client, village, "slips")
    assert slips()["Z999"].number == "WZ21-110-00004", "a number that was given is not given again"


def test_a_slip_is_checked_by_its_code_or_its_number(household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    printed(client, villages(OWN)[0], "slips")
    slip = slips()["H001"]
    for typed in (slip.code, slip.number, slip.number.lower()):
        answer = checked(client, typed)
        assert "与系统当前名册一致" in answer, typed
        assert "户主谭*华" in answer
        assert "谭某华" not in answer
    with everything():
        Enrollment.objects.filter(pk=household[1].pk).update(removed_at="2021-05-01T00:00Z")
    assert "在打印之后有变动" in checked(client, slip.code)
    assert "没有印过这个校验码的名册" in checked(login(cast.far_clerk), slip.number)


def test_somebody_alone_has_a_slip_of_their_own(household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    printed(client, township(OWN), "slips")
    (alone,) = (slip for key, slip in slips().items() if key.startswith("p"))
    assert alone.persons == 1
    assert "与系统当前名册一致" in checked(client, alone.number)


def test_a_township_has_a_file_for_each_village_and_one_for_all(household, cast: Cast, login) -> None:
    client = login(cast.adjuster)  # the insurer fills slips in as well
    page = client.get(printed(client, township(OWN), "slips")["Location"]).content.decode()
    assert len(re.findall(r"/prints/files/\d+/", page)) == 3
    with everything():
        sums = list(RosterPrint.objects.order_by("id").values_list("persons", "households", "premium_fen"))
    assert sums == [(3, 2, 39_000), (1, 1, 13_000), (4, 3, 52_000)]


def test_the_code_of_every_file_tells_that_nothing_has_changed(household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    for place in (township(OWN), villages(OWN)[0]):
        client.post("/prints/notices/", {"place": place.pk, "days": 7})
        for kind in ("roster", "notice", "slips", "leaflets", "general"):
            printed(client, place, kind)
    with everything():
        papers = list(RosterPrint.objects.select_related("township", "village"))
    assert {paper.kind for paper in papers} == {"roster", "notice", "slips", "leaflets", "general"}
    untrue = [f"{paper.kind} {paper.place}" for paper in papers if "在打印之后有变动" in checked(client, paper.code)]
    assert untrue == []
    assert all("与系统当前名册一致" in checked(client, paper.code) for paper in papers)


def test_a_leaflet_says_in_plain_words_what_to_do(household, cast: Cast, login, words_of) -> None:
    client, village = login(cast.clerk), villages(OWN)[0]
    keep = {"edition": read_edition(), "village": village, "phone": "10000000003", "by": cast.clerk}
    with acting(scope_of(cast.clerk)):
        enter_keeper(kind="village", group="", name="专某干", **keep)
        enter_keeper(kind="group", group="9组", name="协某管", **keep)
    text = words_of(pdf_of(printed(client, village, "leaflets"), client))
    assert text.index("何某户") < text.index("村里联系人：协某管") < text.index("村里联系人：专某干")
    for wanted in ("2021年巩固脱贫保明白卡", "谭某华户", "何某户", "参保2人", "95518", "疾病身故1,000.00元", "死亡证明、户口注销证明",
                   "报案后2个工作日之内受理", "〔试用参数〕", "出了事怎么办", "第2页共2页"):  # fmt: skip
        assert wanted in text, wanted
    assert "5001" not in text
    general = words_of(pdf_of(printed(client, village, "general"), client))
    assert "第1页共1页" in general
    assert "谭某华" not in general


def test_trial_figures_are_marked_wherever_they_stand() -> None:
    terms = terms_of("zhenping-2016")
    assert all("〔试用参数〕" in line.text for line in cover_lines(terms))
    assert "0 天" not in "".join(line.text for line in cover_lines(terms)), "cover begins at once: no days to tell"
    assert deadline_lines(terms) == (
        "报案后 7 个工作日之内赔付（意外身故、疾病身故）", "受理后 2 个工作日之内赔付（意外医疗）",
    )  # fmt: skip


def test_a_premium_that_goes_by_household_is_left_out(cast: Cast) -> None:
    edition = wanzhou_but('  basis: household\n  rate: {value: "20.00", clause: 三}\n')
    assert premium_fen(edition.terms, 100) is None
    assert premium_fen(read_edition().terms, 100) == 1_300_000


def test_who_joined_late_pays_for_their_days(household, cast: Cast) -> None:
    edition = wanzhou_but('  basis: person\n  rate: {value: "130.00", clause: 三}\n  pro_rata: months\n')
    with everything():
        ((_, families), *_) = families_of(Enrollment.objects.filter(household="H001"))
    (family,) = families
    first, second = family.members
    late = replace(family, members=(first, replace(second, covered_from=edition.first_day.replace(month=7))))
    assert family_premium_fen(edition.terms, late) == 13_000 + 6_500


# --- handed out -------------------------------------------------------------------------------------------------
def record(client, village, **body):
    return client.post(
        f"/prints/handouts/{village.pk}/record/",
        {"kind": "leaflet", "given_on": "2021-05-01", "given_by": "村某干"} | body,
        follow=True,
    ).content.decode()


def given() -> list[tuple[str, str, str]]:
    with everything():
        return list(Handout.objects.order_by("household", "kind").values_list("household", "kind", "given_by"))


def test_households_are_ticked_off_once(household, cast: Cast, login) -> None:
    client, village = login(cast.clerk), villages(OWN)[0]
    page = client.get(f"/prints/handouts/{village.pk}/").content.decode()
    assert "还有 2 户没发" in page
    assert "已登记 1 户" in record(client, village, head=household[0].pk)
    assert given() == [("H001", "leaflet", "村某干")]
    assert "没有要登记的户" in record(client, village, head=household[0].pk), "a second tick records nothing"
    assert "已登记 1 户" in record(client, village, all="yes")
    assert "已登记 2 户" in record(client, village, all="yes", kind="insurers")
    assert [one[:2] for one in given()] == [
        ("H001", "insurers"), ("H001", "leaflet"), ("H002", "insurers"), ("H002", "leaflet"),
    ]  # fmt: skip
    assert "每户都发到了" in client.get(f"/prints/handouts/{village.pk}/?open=1").content.decode()
    with everything():
        events = AuditEvent.objects.filter(action="handout.record").order_by("id")
        assert [event.detail["households"] for event in events] == [1, 1, 2]


def test_progress_is_shown_and_who_has_none_stands_out(household, cast: Cast, login) -> None:
    client, (first, second) = login(cast.clerk), villages(OWN)[:2]
    record(client, first, head=household[2].pk)
    page = client.get("/prints/").content.decode()
    assert "1 / 2 户" in page
    assert "一户没发" in page
    record(client, second, all="yes")
    assert "一户没发" not in client.get("/prints/").content.decode()
    enrol(FAR, 5)
    page = re.sub(r"\s+", " ", login(cast.authority).get("/prints/").content.decode())
    assert "1 个村" in page
    assert page.index(OWN) != page.index(FAR)


def test_a_wrong_tick_is_taken_back(household, cast: Cast, login) -> None:
    client, village = login(cast.clerk), villages(OWN)[0]
    record(client, village, head=household[0].pk)
    back = {"kind": "leaflet", "head": household[0].pk}
    assert "已取消" in client.post(f"/prints/handouts/{village.pk}/take-back/", back, follow=True).content.decode()
    assert given() == []
    assert "没有登记过" in client.post(f"/prints/handouts/{village.pk}/take-back/", back, follow=True).content.decode()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"given_by": " "}, "请填写发放人"),
        ({"given_on": "2999-01-01"}, "还没到"),
        ({"given_on": "某天"}, "看不懂"),
        ({}, "没有要登记的户"),
    ],
)
def test_what_is_not_recorded_is_told(body: dict, told: str, household, cast: Cast, login) -> None:
    assert told in record(login(cast.clerk), villages(OWN)[0], **body)
    assert given() == []


def test_heads_of_another_village_are_passed_over(household, cast: Cast, login) -> None:
    far = enrol(FAR, 5)
    client = login(cast.clerk)
    assert "没有要登记的户" in record(client, villages(OWN)[0], head=[far.pk, household[3].pk])
    assert client.get(f"/prints/handouts/{villages(FAR)[0].pk}/").status_code == 404
    assert client.get(f"/prints/handouts/{township(OWN).pk}/").status_code == 404
    assert given() == []


def test_no_id_number_is_in_the_page_where_households_are_numbered_by_one(cast: Cast, login) -> None:
    enrol(OWN, 1, household=id_number(66))
    page = login(cast.clerk).get(f"/prints/handouts/{villages(OWN)[0].pk}/").content.decode()
    assert id_number(66) not in page


@pytest.mark.long
@pytest.mark.parametrize("kind", ["slips", "leaflets"])
def test_a_township_of_eight_thousand_in_a_minute(kind: str, cast: Cast, login) -> None:
    crowd(8_000)
    client = login(cast.clerk)
    started = time.perf_counter()
    printed(client, township(OWN), kind)
    (job,) = run_waiting_jobs()
    assert job.state == Job.State.DONE, job.message
    assert time.perf_counter() - started <= 60


@pytest.mark.parametrize("address", ["/prints/", "/prints/handouts/{village}/", "/prints/notices/{notice}/"])
def test_pages_ask_no_more_for_more_people(address: str, cast: Cast, login) -> None:
    first, second = villages(OWN)[:2]
    enrol(OWN, 1, village=first)
    client = login(cast.clerk)
    for n, (village, more) in enumerate(((first, 1), (second, 20))):
        for at in range(more):
            enrol(OWN, 100 * n + at + 2, household=f"H{n}{at:03d}", village=village)
        client.post("/prints/notices/", {"place": township(OWN).pk, "days": "7"})
        printed(client, village, "roster")
        record(client, village, all="yes", given_on="")
        with everything():
            notice = PublicNotice.objects.get(village=village, state="posted")
        shown = address.format(village=village.pk, notice=notice.pk)
        if n == 0:
            client.get(shown)
            few = asked(client, shown)
    assert asked(client, shown) == few

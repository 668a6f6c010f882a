"""公示: what hangs in the village, for how long, what ends it, and what stands in a roster's way."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from calc.id_number import mask_id
from calc.names import mask_name
from enrollment.models import Enrollment, Objection, PublicNotice
from enrollment.papers.publicity import villages_not_posted
from enrollment.services.confirming import sum_up_villages
from orgs.models import AuditEvent
from schemes.models import Edition
from tests.cast import FAR, OWN, Cast, enrol, id_number, read_edition, township, villages
from tests.ground import everything
from tests.papers.conftest import pdf_of
from tests.premiums.conftest import publish

TODAY = date(2021, 3, 1)
STEPS = """
roster_steps:
  steps:
    - {step: review, label: 乡镇审核, department: 各乡镇政府, clause: 一}
  publicity: {days: {value: "5", clause: 二}, clause: 二}
"""


@pytest.fixture(autouse=True)
def _march(time_machine_at) -> None:
    time_machine_at(TODAY)


@pytest.fixture
def time_machine_at():
    import time_machine

    travellers = []

    def travel(day: date) -> None:
        traveller = time_machine.travel(f"{day}T09:00:00+08:00", tick=True)
        traveller.start()
        travellers.append(traveller)

    yield travel
    for traveller in reversed(travellers):
        traveller.stop()


def post(client, place, days: int = 7, first_day: date = TODAY, **more):
    return client.post("/prints/notices/", {"place": place.pk, "first_day": f"{first_day}", "days": days, **more})


def notices() -> list[PublicNotice]:
    with everything():
        return list(PublicNotice.objects.select_related("village").order_by("id"))


def act(client, notice: PublicNotice, action: str, text: str = "") -> str:
    with everything():
        version = PublicNotice.objects.get(pk=notice.pk).version
    answer = client.post(f"/prints/notices/{notice.pk}/{action}/", {"text": text, "version": version}, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("谭某华", "谭*华"),
        ("谭华", "谭*"),
        ("华", "*"),
        ("欧阳某华", "欧阳*华"),
        ("买买提·吐尔江", "买买提·吐*江"),
        ("阿·甲", "阿·*"),
    ],
)
def test_a_name_has_one_character_hidden(name: str, masked: str) -> None:
    assert mask_name(name) == masked
    assert sum(a != b for a, b in zip(name, masked, strict=True)) == 1


def test_the_paper_says_who_how_long_and_where_to_object(household, cast: Cast, login, words_of) -> None:
    office = cast.clerk.organization
    office.hotline = "023-5800000"
    office.save()
    client, village = login(cast.clerk), villages(OWN)[0]
    post(client, village)
    text = words_of(pdf_of(client.post("/prints/print/notice/", {"place": village.pk}), client))
    for wanted in ("参保名单公示", "谭*华", "谭*珍", "何*", "10组", "H001", "自2021-03-01至2021-03-07，共7天", "共3人",
                   "023-5800000", "第1页共1页", f"校验码{notices()[0].code}"):  # fmt: skip
        assert wanted in text, wanted


def test_nothing_but_name_and_place_is_posted(household, cast: Cast, login, words_of) -> None:
    with everything():
        Enrollment.objects.filter(pk=household[0].pk).update(address="某路某号")
    client, village = login(cast.clerk), villages(OWN)[0]
    post(client, village)
    text = words_of(pdf_of(client.post("/prints/print/notice/", {"place": village.pk}), client))
    page = client.get(f"/prints/notices/{notices()[0].pk}/").content.decode()
    assert "谭*华" in page
    for said in (text, page):
        for n in (1, 2, 3):
            assert id_number(n) not in said
            assert id_number(n)[6:14] not in said, "the date of birth"
            assert mask_id(id_number(n)) not in said
        for secret in ("谭某华", "谭某珍", "1000000", "6217", "某路某号", "某农商行"):
            assert secret not in said, secret
    assert "买买提" not in text, "another village has a list of its own"


def test_all_villages_go_up_at_once_and_only_what_changed_goes_up_again(household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    post(client, township(OWN))
    assert [(one.village, one.persons, one.state) for one in notices()] == [
        (villages(OWN)[0], 3, "posted"), (villages(OWN)[1], 1, "posted"),
    ]  # fmt: skip
    again = client.post("/prints/notices/", {"place": township(OWN).pk, "days": 7}, follow=True)
    assert "不用再公示" in again.content.decode()
    assert len(notices()) == 2
    enrol(OWN, 9, household="H009", village=villages(OWN)[1])
    page = client.get("/prints/").content.decode()
    assert "公示后又有变动 1 人" in page
    post(client, township(OWN), days=10)
    states = [(one.village.pk, one.state, one.persons) for one in notices()]
    first, second = (village.pk for village in villages(OWN)[:2])
    assert states == [(first, "posted", 3), (second, "withdrawn", 1), (second, "posted", 2)]


def test_a_notice_is_closed_after_its_days_with_what_changed_told(
    household, cast: Cast, login, time_machine_at
) -> None:
    client = login(cast.clerk)
    post(client, villages(OWN)[0])
    notice = notices()[0]
    assert "还没有到期" in act(client, notice, "close")
    time_machine_at(TODAY + timedelta(days=6))
    client = login(cast.clerk)
    assert "还没有到期" in act(client, notice, "close"), "the last day is part of it"
    time_machine_at(TODAY + timedelta(days=7))
    client = login(cast.clerk)
    with everything():
        Enrollment.objects.filter(pk=household[2].pk).update(removed_at=timezone.now())
    assert "公示后名册又有变动 1 人（新增 0、减员 1、更正 0）" in act(client, notice, "close")
    assert "公示已结束" in act(client, notice, "close", "有人提出何某不符合条件，核实后减员")
    closed = notices()[0]
    assert (closed.state, closed.persons, closed.outcome) == ("closed", 2, "有人提出何某不符合条件，核实后减员")
    assert "公示后又有变动" not in client.get("/prints/").content.decode()
    enrol(OWN, 8, household="H008", village=villages(OWN)[0])
    assert "公示后又有变动 1 人" in client.get(f"/prints/notices/{notice.pk}/").content.decode()
    assert "请写明变动的原因" in act(client, notice, "note")
    assert "变动已写明" in act(client, notice, "note", "补登漏报一人")
    assert "公示后又有变动" not in client.get(f"/prints/notices/{notice.pk}/").content.decode()
    with everything():
        acts = list(
            AuditEvent.objects.filter(action__startswith="notice.").order_by("id").values_list("action", flat=True)
        )
    assert acts == ["notice.post", "notice.close", "notice.note"]


def test_two_clerks_on_one_notice_the_second_is_told(household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    post(client, villages(OWN)[0])
    notice = notices()[0]
    assert "请写明撤下的原因" in act(client, notice, "withdraw")
    assert "公示已撤下" in act(client, notice, "withdraw", "名单有误")
    answer = client.post(
        f"/prints/notices/{notice.pk}/withdraw/", {"text": "再撤", "version": notice.version}, follow=True
    )
    assert "别人刚办过" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"days": 0}, "公示天数应是 1 至 60 天"), ({"days": 61}, "公示天数应是 1 至 60 天"), ({"days": "一"}, "公示天数应是"),
        ({"first_day": "某天"}, "认不出"), ({"first_day": "2012-03-01"}, "请核对年份"), ({}, "名册还是空的"),
    ],
)  # fmt: skip
def test_what_cannot_be_posted_is_told(changes: dict, told: str, cast: Cast, login) -> None:
    if changes:
        enrol(OWN, 1, village=villages(OWN)[0])
    else:
        enrol(OWN, 1, village=villages(OWN)[1], removed_at=timezone.now())
        enrol(OWN, 2, village=villages(OWN)[0])
    place = villages(OWN)[0] if changes else villages(OWN)[1]
    body = {"place": place.pk, "first_day": f"{TODAY}", "days": 7} | changes
    answer = login(cast.clerk).post("/prints/notices/", body, follow=True)
    if changes:
        assert told in answer.content.decode()
    else:
        assert answer.status_code == 404, "a village without anybody is no place of the roster"
    assert notices() == []


def test_only_the_township_posts_and_nobody_elsewhere_sees(household, cast: Cast, login) -> None:
    enrol(FAR, 5)
    assert post(login(cast.authority), township(OWN)).status_code == 404
    assert post(login(cast.clerk), township(FAR)).status_code == 404
    post(login(cast.clerk), villages(OWN)[0])
    (notice,) = notices()
    for reader, wanted in (
        (cast.authority, 200),
        (cast.auditor, 200),
        (cast.adjuster, 200),
        (cast.near_clerk, 404),
        (cast.far_adjuster, 404),
    ):
        assert login(reader).get(f"/prints/notices/{notice.pk}/").status_code == wanted, reader.username


# --- what stands in a roster's way ------------------------------------------------------------------------------
@pytest.fixture
def with_publicity(db: None) -> Edition:
    """Wanzhou's edition as one that asks for five days; its people are enrolled there."""
    document = (
        read_edition().document.replace("code: wanzhou-2021", "code: wanzhou-posted", 1).replace("WZ21", "WZ99", 1)
    )
    return publish(document.replace("\ninsured:\n", f"{STEPS}\ninsured:\n", 1))


def test_an_edition_without_publicity_waits_for_nothing(household, edition: Edition) -> None:
    assert villages_not_posted(edition, township(OWN)) == []


def test_a_roster_waits_for_every_village(
    household, with_publicity: Edition, cast: Cast, login, time_machine_at
) -> None:
    with everything():
        Enrollment.objects.update(edition=with_publicity)
        for village in villages(OWN)[:2]:
            sum_up_villages(with_publicity.pk, {village.pk})
    client, (first, second) = login(cast.clerk), villages(OWN)[:2]
    client.post("/editions/choose/", {"code": with_publicity.code})
    assert "公示 5 天" in client.get("/prints/").content.decode()
    assert villages_not_posted(with_publicity, township(OWN)) == [first, second]
    post(client, township(OWN), days=2)  # the edition's days hold, whatever is typed
    assert [one.last_day for one in notices()] == [date(2021, 3, 5)] * 2
    assert villages_not_posted(with_publicity, township(OWN)) == [first, second], "up isn't over"
    time_machine_at(date(2021, 3, 6))
    client = login(cast.clerk)
    client.post("/editions/choose/", {"code": with_publicity.code})
    for notice in notices():
        act(client, notice, "close")
    assert villages_not_posted(with_publicity, township(OWN)) == []
    with everything():
        Enrollment.objects.filter(pk=household[3].pk).update(name="改某名")
    assert villages_not_posted(with_publicity, township(OWN)) == [second]


def test_the_pages_hide_household_numbers_that_may_be_id_numbers(cast: Cast, login) -> None:
    enrol(OWN, 1, household=id_number(66), village=villages(OWN)[0])
    client = login(cast.clerk)
    post(client, villages(OWN)[0])
    page = client.get(f"/prints/notices/{notices()[0].pk}/").content.decode()
    assert not re.search(r"\d{15,}", page)


def test_the_township_s_page_tells_of_every_village_what_its_publicity_waits_for(
    household, with_publicity: Edition, cast: Cast, login, time_machine_at
) -> None:
    with everything():
        Enrollment.objects.update(edition=with_publicity)
        sum_up_villages(with_publicity.pk, {village.pk for village in villages(OWN)[:2]})

    def at_work():
        client = login(cast.clerk)
        client.post("/editions/choose/", {"code": with_publicity.code})
        return client

    def told(client, village: int) -> str:
        page = client.get(f"/roster/progress/{with_publicity.code}/{township(OWN).pk}/").content.decode()
        row = page[page.index(f">{villages(OWN)[village].name}</th>") :]
        cell = row[row.index('data-label="公示">') : row.index("</tr>")]
        return " ".join(re.sub(r"<[^>]*>", " ", cell.partition(">")[2].partition("</td>")[0]).split())

    client = at_work()
    assert told(client, 0) == "没有公示"
    post(client, villages(OWN)[0])
    assert told(client, 0) == "公示中 到 2021-03-05 止"
    note = {"person": household[0].pk, "reason": "not_eligible", "note": "邻居某人说的"}
    client.post(f"/prints/notices/{notices()[0].pk}/objections/", note)
    assert told(client, 0) == "公示中 到 2021-03-05 止 异议 1 条"
    with everything():
        Objection.objects.update(state=Objection.State.DISMISSED)
    time_machine_at(date(2021, 3, 6))
    client = at_work()
    assert told(client, 0) == "公示中 2021-03-05 已到期，可以结束"
    act(client, notices()[0], "close")
    assert told(client, 0) == "公示结束"
    with everything():
        Enrollment.objects.filter(pk=household[0].pk).update(name="改某名")
    assert told(client, 0) == "公示后有变动 请写明变动，或重新公示"

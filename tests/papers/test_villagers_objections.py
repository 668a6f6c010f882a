"""What villagers say against a posted list: written down by person, answered, before the notice is closed."""

from datetime import timedelta

import pytest

from enrollment.models import Enrollment, Objection, PublicNotice
from orgs.models import AuditEvent
from tests.cast import FAR, Cast, enrol, villages
from tests.cast import OWN as OURS
from tests.ground import everything

OPEN = Objection.State.OPEN


@pytest.fixture
def notice(household, cast: Cast, login) -> PublicNotice:
    client = login(cast.clerk)
    client.post("/prints/notices/", {"place": villages(OURS)[0].pk, "days": "7"})
    with everything():
        return PublicNotice.objects.get()


def say(client, notice: PublicNotice, person: Enrollment, **more: str) -> str:
    body = {"person": person.pk, "reason": "not_eligible", "note": "邻居王某说他家在城里有房"} | more
    return client.post(f"/prints/notices/{notice.pk}/objections/", body, follow=True).content.decode()


def answer(client, notice: PublicNotice, **body: str) -> str:
    with everything():
        body["objection"] = f"{Objection.objects.get(state=OPEN).pk}"
    return client.post(f"/prints/notices/{notice.pk}/answers/", body, follow=True).content.decode()


def objections() -> list[tuple[str, str, str]]:
    with everything():
        return [(one.step, one.state, one.note) for one in Objection.objects.order_by("id")]


def test_an_objection_is_written_down_and_dismissed_with_the_reason(notice, household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    page = client.get(f"/prints/notices/{notice.pk}/?person={household[0].pk}").content.decode()
    assert "谁提的，怎么说" in page
    assert "异议已登记" in say(client, notice, household[0])
    assert objections() == [("publicity", "open", "邻居王某说他家在城里有房")]
    assert "请写明情况" in answer(client, notice), "an answer gives its reason"
    assert "异议不成立" in answer(client, notice, text="查无此事")
    assert objections()[0][1] == "dismissed"
    with everything():
        acts = AuditEvent.objects.filter(action__startswith="roster.obj").order_by("id")
        assert [event.action for event in acts] == [
            "roster.object", "roster.objection.explain", "roster.objection.dismiss",
        ]  # fmt: skip


def test_one_that_is_right_takes_the_person_out(notice, household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    say(client, notice, household[2])
    assert "已从名册移出" in answer(client, notice, upheld="yes")
    with everything():
        assert Enrollment.objects.get(pk=household[2].pk).removed_at is not None
    assert "公示后又有变动 1 人" in client.get(f"/prints/notices/{notice.pk}/").content.decode()


def test_a_notice_with_an_open_objection_is_not_closed(notice, household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    say(client, notice, household[0])
    with everything():
        past = {"first_day": notice.first_day - timedelta(days=30), "last_day": notice.last_day - timedelta(days=30)}
        PublicNotice.objects.filter(pk=notice.pk).update(**past)
    close = f"/prints/notices/{notice.pk}/close/"
    told = client.post(close, {"version": notice.version, "text": ""}, follow=True).content.decode()
    assert "还有 1 条异议没有答复" in told
    answer(client, notice, text="查无此事")
    assert "公示已结束" in client.post(close, {"version": notice.version, "text": ""}, follow=True).content.decode()
    assert "不再登记异议" in say(client, notice, household[0])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"note": " "}, "请写明是谁提的"),
        ({"reason": "no-such"}, "请选择异议的原因"),
    ],
)
def test_what_is_not_written_down_is_told(more: dict, told: str, notice, household, cast: Cast, login) -> None:
    assert told in say(login(cast.clerk), notice, household[0], **more)
    assert objections() == []


def test_nobody_of_another_village_or_township_is_objected_to(notice, household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    for person in (household[3], enrol(FAR, 5)):
        assert "名单里没有这个人" in say(client, notice, person)
    far = login(cast.far_clerk)
    assert far.post(f"/prints/notices/{notice.pk}/objections/", {"person": household[0].pk}).status_code == 404

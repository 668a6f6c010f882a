"""What people see of the steps: the timeline adds up, the township's page offers what works, a village sees itself."""

import re
from datetime import date

import pytest

from enrollment.models import TownshipRoster
from enrollment.timeline import counters_of, timeline_of
from orgs.models import User
from orgs.scope import acting, scope_of
from tests.cast import FAR, NEAR, OWN, Cast, villages
from tests.ground import everything
from tests.steps.climbing import (
    bring_up,
    digests_seen,
    enrol_in,
    object_to,
    page,
    roster_of,
    sign_all,
    steps_edition,
    take,
    village_clerk,
)
from tests.steps.test_steps import row, upload

ORDER = ("review", "police", "collate", "underwrite")


def lines(edition, user: User, today: date = date(2021, 1, 20)):
    with acting(scope_of(user)):
        return timeline_of(edition, user, today)


def test_the_timeline_tells_done_due_late_and_not_begun(edition, cast: Cast) -> None:
    enrol_in(edition, OWN, 1)
    bring_up(edition, "collate", cast)
    (line,) = lines(edition, cast.clerk)
    assert [(mark.mark, mark.days_late > 0) for mark in line.marks] == [
        ("done", True), ("done", True), ("now", False), ("todo", False),
    ]  # fmt: skip
    assert line.marks[0].by_name.startswith("周某乡")
    (near,) = lines(edition, cast.near_clerk)
    assert [(mark.mark, mark.days_late) for mark in near.marks] == [("now", 10), ("todo", 0), ("todo", 0), ("todo", 0)]
    assert (near.is_late, near.state.code) == (True, "drafting")
    (fresh,) = lines(edition, cast.near_clerk, date(2021, 1, 10))
    assert (fresh.is_late, fresh.marks[0].days_late) == (False, 0)  # the last day is in time


def test_a_step_that_waits_for_an_earlier_one_is_not_late_but_tells_its_day(edition, cast: Cast, at) -> None:
    """Long after every deadline only the step that is due is late: nobody could have begun the later ones."""
    (line,) = lines(edition, cast.clerk, date(2021, 12, 31))
    assert [(mark.mark, mark.days_late > 0) for mark in line.marks] == [
        ("now", True), ("todo", False), ("todo", False), ("todo", False),
    ]  # fmt: skip
    said = at(cast.clerk).get(page(OWN)).content.decode()
    assert said.count("逾期 ") == 1
    assert f"未开始，应 {line.marks[1].terms.due:%Y-%m-%d} 前" in said


def test_everybody_sees_their_townships_and_the_counters_add_up(edition, cast: Cast) -> None:
    for n, place in enumerate((OWN, NEAR, FAR), start=1):
        enrol_in(edition, place, n)
    bring_up(edition, "police", cast, NEAR)
    everyone = lines(edition, cast.authority)
    served = [line for line in everyone if line.insurer.pk == cast.adjuster.organization_id]
    assert len(everyone) == edition.assignments.filter(insurer__isnull=False).count()
    assert [line.township.pk for line in lines(edition, cast.adjuster)] == [line.township.pk for line in served]
    assert [line.township.name for line in lines(edition, cast.clerk)] == [OWN]
    assert len(lines(edition, cast.police)) == len(lines(edition, cast.auditor)) == len(everyone)
    assert not lines(edition, cast.certifier)
    counters = {one.code: one.n for one in counters_of(everyone, ORDER)}
    assert sum(counters[code] for code in ("drafting", "police", "collate", "underwrite", "in_force")) == len(everyone)
    assert sum(line.persons for line in everyone) == 3


def test_the_list_is_filtered_by_its_counters(edition, cast: Cast, at) -> None:
    enrol_in(edition, NEAR, 1)
    bring_up(edition, "police", cast, NEAR)
    client = at(cast.police)
    whole = client.get("/roster/progress/").content.decode()
    assert "待公安确认" in whole
    only = client.get("/roster/progress/", {"state": "police"}).content.decode()
    rows = re.findall(r'<th scope="row" class="first name-cell"><a [^>]*>([^<]+)</a>', only)
    assert rows == [NEAR]
    assert "没有这样的乡镇" in client.get("/roster/progress/", {"state": "in_force"}).content.decode()


def test_a_township_is_taken_up_by_hand(edition, cast: Cast, at) -> None:
    """Every button that a page shows does what it says."""
    person = enrol_in(edition, OWN, 1)
    client = at(cast.clerk)
    html = client.get(page()).content.decode()
    value = re.search(r'name="village" value="([^"]+)"', html)[1]
    assert "审核上报</button>" not in html
    client.post(page(OWN, "sign-off"), {"village": [value, "x:y"]})
    html = client.get(page()).content.decode()
    assert "已签收 1 个，待签收 0 个" in html
    digest = re.search(r'name="digest" value="(\w+)"', html)[1]
    client.post(
        page(OWN, "step", "submit"), {"version": roster_of(edition).version, "digest": digest, "confirmed": "yes"}
    )
    assert roster_of(edition).state == "police"

    client = at(cast.police)
    assert "谭某登" in client.get(page(OWN, "people")).content.decode()
    client.post(f"/roster/object/{person.pk}/", {"reason": "moved_out", "note": "", "page": "1"})
    html = client.get(page()).content.decode()
    assert "其余确认，异议 1 条退回乡镇" in html
    client.post(page(OWN, "step", "send_back"), {"version": roster_of(edition).version, "opinion": "其余的人已核对"})
    assert roster_of(edition).state == "drafting"

    client = at(cast.clerk)
    html = client.get(page()).content.decode()
    assert "其余的人已核对" in html
    explain = re.search(r'action="(/roster/objections/\d+/explain/)"', html)[1]
    client.post(explain, {"answer": "户籍在本村"})
    assert "已说明，待核" in client.get(page()).content.decode()

    client = at(cast.police)
    accept = re.search(r'action="(/roster/objections/\d+/accept/)"', client.get(page()).content.decode())[1]
    client.post(accept)
    assert "都已了结" in client.get(page()).content.decode()


def test_buttons_are_shown_to_whoever_may_take_the_step(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1)
    bring_up(edition, "collate", cast)
    shown = {
        actor: set(
            re.findall(
                r'action="/roster/progress/[^"]*/step/(\w+)/"', at(getattr(cast, actor)).get(page()).content.decode()
            )
        )
        for actor in ("clerk", "police", "authority", "adjuster", "auditor")
    }
    assert shown == {
        "clerk": set(),
        "police": set(),
        "authority": {"collate", "send_back"},
        "adjuster": set(),
        "auditor": set(),
    }


def test_a_village_sees_and_hands_in_itself_alone(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1, name="谭某村")
    enrol_in(edition, OWN, 2, village=1, name="谭某邻")
    home, neighbour = villages(OWN)[:2]
    by = village_clerk()
    client = at(by)
    html = client.get(page()).content.decode()
    assert home.name in html
    assert neighbour.name not in html
    assert "交乡镇审核，1 人" in html
    assert 'name="village"' not in html
    digest = digests_seen(edition, OWN, by)[home.pk]
    client.post(page(OWN, "hand-in"), {"digest": digest})
    assert "村里已交" in client.get(page()).content.decode()
    assert "村里已交" in at(cast.clerk).get(page()).content.decode()
    bring_up(edition, "police", cast)
    html = at(by).get(page()).content.decode()
    assert "待公安确认" in html
    assert "周某乡（大周镇）" not in html  # the township's own log is not the village's
    assert at(by).get(page(NEAR)).status_code == 404
    assert [line.township.name for line in lines(edition, by)] == [OWN]


def test_a_stranger_to_the_step_finds_no_such_page(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1)
    assert at(cast.clerk).post(page(OWN, "step", "register"), {"version": "0"}).status_code == 404
    assert at(cast.clerk).post(page(OWN, "step", "no-such-step"), {"version": "0"}).status_code == 404
    assert at(cast.approver).get("/roster/progress/").status_code == 404
    objection = _objection(edition, cast)
    assert at(cast.police).post(f"/roster/objections/{objection.pk}/explain/", {"answer": "x"}).status_code == 404
    assert at(cast.adjuster).post(f"/roster/objections/{objection.pk}/accept/").status_code == 404
    assert at(cast.police).post(f"/roster/objections/{objection.pk}/burn/").status_code == 404


def _objection(edition, cast: Cast):
    bring_up(edition, "police", cast)
    return object_to(enrol_in(edition, OWN, 9), cast.police)


def test_somebody_elses_step_in_the_meantime_is_told(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1)
    bring_up(edition, "police", cast)
    answer = at(cast.police).post(page(OWN, "step", "register"), {"version": "0"}, follow=True)
    assert "刚被别人改过" in answer.content.decode()
    answer = at(cast.authority).post(page(OWN, "step", "collate"), {"version": "1"}, follow=True)
    assert "名册现在是“待公安确认”，不能汇总" in answer.content.decode()


def test_nothing_is_written_by_looking(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1)
    for address in ("/roster/progress/", page()):
        assert at(cast.clerk).get(address).status_code == 200
    with everything():
        assert not TownshipRoster.objects.exists()


def test_the_workbench_leads_to_what_waits(edition, cast: Cast, at) -> None:
    person = enrol_in(edition, OWN, 1)
    assert "1</b><strong>待签收的村" in _flat(at(cast.clerk).get("/"))
    bring_up(edition, "police", cast)
    assert "1</b><strong>待确认户籍" in _flat(at(cast.police).get("/"))
    object_to(person, cast.police)
    html = _flat(at(cast.clerk).get("/"))
    assert "1</b><strong>待答复的异议" in html
    assert page() in html
    take(edition, OWN, "send_back", cast.police)
    assert "1</b><strong>退回的名册" in _flat(at(cast.clerk).get("/"))


def test_a_villages_workbench_leads_to_handing_in(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1)
    enrol_in(edition, OWN, 2, village=1)
    by = village_clerk()
    html = _flat(at(by).get("/"))
    assert (f'href="{page()}"' in html, "1</b><strong>待交的人" in html) == (True, True)
    at(by).post(page(OWN, "hand-in"), {"digest": digests_seen(edition, OWN, by)[villages(OWN)[0].pk]})
    assert "0</b><strong>待交的人" in _flat(at(by).get("/"))
    bring_up(edition, "police", cast)
    assert "待交的人" not in _flat(at(by).get("/"))


def _flat(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_says_beforehand_what_publicity_is_missing(cast: Cast, login, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lists must have been up, the township is led there instead of being refused."""
    edition = steps_edition(code="wanzhou-posting")
    person = enrol_in(edition, OWN, 1)
    sign_all(edition, OWN, cast.clerk)
    monkeypatch.setattr("enrollment.papers.publicity.days_of", lambda edition: 7)
    text = login(cast.clerk).get(f"/roster/progress/{edition.code}/{person.township_id}/").content.decode()
    assert f"上报以前还有 1 个村要公示结束：{person.village.name}" in text
    assert "去办公示" in text
    assert "没有公示" in text
    assert "审核上报</button>" not in text


def test_what_a_roster_cannot_take_yet_is_not_offered(edition, cast: Cast, at) -> None:
    """While it is drawn up people are put right; once it is in force it is endorsed and claims are reported."""
    person = enrol_in(edition, OWN, 1)
    edit, report = f"/roster/person/{person.pk}/edit/", f"/claims/new/{person.pk}/"
    endorse = (f"/endorsements/correct/{person.pk}/", f"/endorsements/remove/{person.pk}/", "/endorsements/add/")

    def offered() -> dict[str, set[str]]:
        client = at(cast.clerk)
        pages = {"list": client.get("/roster/"), "person": client.get(f"/roster/person/{person.pk}/")}
        every = (edit, report, *endorse)
        return {name: {one for one in every if one in answer.content.decode()} for name, answer in pages.items()}

    assert offered() == {"list": {edit}, "person": {edit}}
    assert '"btn btn-primary" href="/roster/import/"' in at(cast.clerk).get("/roster/").content.decode()
    for address in ("/roster/import/", "/roster/enter/"):
        assert "现在不能改名册" not in at(cast.clerk).get(address).content.decode()
    told = at(cast.clerk).get(report).content.decode()
    assert ("现在不能报案" in told, "名册还没有生效" in told, 'name="coverage"' in told) == (True, True, False)
    bring_up(edition, "police", cast)
    assert offered() == {"list": set(), "person": set()}
    for address in ("/roster/import/", "/roster/enter/"):
        assert "名册已上报（待公安确认），不能再改" in at(cast.clerk).get(address).content.decode()
    for action, by in (("register", cast.police), ("collate", cast.authority), ("underwrite", cast.adjuster)):
        take(edition, OWN, action, by)
    assert offered() == {"list": {report, *endorse}, "person": {report, *endorse[:2]}}
    assert '"btn btn-primary" href="/roster/import/"' not in at(cast.clerk).get("/roster/").content.decode()
    assert 'name="coverage"' in at(cast.clerk).get(report).content.decode()


def test_villages_without_people_are_named_below_the_table(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1)
    shown = at(cast.clerk).get(page()).content.decode()
    table, _, below = shown.partition("</table>")
    first, *others = (village.name for village in villages(OWN))
    assert f">{first}</th>" in table
    assert f"没有参保人员的村（社区） {len(others)} 个：{'、'.join(others)}" in below


def test_an_old_preview_of_a_roster_in_force_says_so_and_offers_no_confirmation(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1)
    batch = upload(edition, cast.clerk, row(50))
    address = f"/roster/import/{batch.pk}/"
    assert "确认导入（新增 1、变更 0）" in at(cast.clerk).get(address).content.decode()
    bring_up(edition, "in_force", cast)
    text = at(cast.clerk).get(address).content.decode()
    assert "大周镇的名册已生效，不能再导入；增减、更正请办批改。" in text
    assert ("确认导入（" in text, f"{address}discard/" in text) == (False, True)

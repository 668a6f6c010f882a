"""The pages of endorsements: forms keep what was typed and hide secrets, both sides find their step."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from enrollment.models import Endorsement, Enrollment
from orgs.models import AuditEvent
from tests.cast import OWN, Cast, enrol, id_number, township, villages
from tests.enrollment.endorsing import addition, agree, correction, on_roster, refuse, removal
from tests.ground import everything

GROUNDS = {"effective_on": "2021年6月1日", "reason": "died", "reason_text": "", "proof": "死亡医学证明"}


@pytest.fixture(autouse=True)
def person(db: None) -> Enrollment:
    return enrol(OWN, 1, household="H001")


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def filled(**changes: str) -> dict[str, str]:
    village = str(villages(OWN)[0].pk)
    plain = {"name": "增 某人", "id_number": id_number(50), "village": village, "reason": "omitted"}
    return GROUNDS | plain | changes


def the_only() -> Endorsement:
    with everything():
        return Endorsement.objects.select_related("township", "enrollment").get()


def test_from_the_form_to_the_roster_and_the_slip(cast: Cast, login) -> None:
    client = login(cast.clerk)
    answer = client.post("/endorsements/add/", filled(head_id_number=id_number(50), relation="01"))
    asked = the_only()
    assert answer["Location"] == f"/endorsements/{asked.number}/"
    assert (asked.content["name"], asked.content["sex"], asked.content["id_kind"]) == ("增某人", "f", "resident")
    assert asked.household.startswith("h")
    page = text(client, answer["Location"])
    assert all(word in page for word in ("待承保机构确认", "追溯起保", "+130.00", "按整期收", "撤回申请"))
    assert id_number(50) not in page
    client = login(cast.adjuster)
    assert "待我确认 1 件" in text(client, "/")
    body = {"version": asked.version, "fen": asked.premium_fen, "agree": "yes"}
    assert client.post(f"/endorsements/{asked.number}/decide/", body).status_code == 302
    assert on_roster(the_only().enrollment).covered_from == date(2021, 6, 1)
    assert "打印批单" in text(client, f"/endorsements/{asked.number}/")
    slip = client.get(f"/endorsements/{asked.number}/slip.pdf")
    assert slip.content.startswith(b"%PDF-")
    with everything():
        assert AuditEvent.objects.get(action="endorsement.print").detail["code"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id_number": "500101197001011506"}, "身份证号校验位不符"),
        ({"name": "增某人%"}, "姓名含有姓名里不该有的字符"),
        ({"account": "123"}, "银行账号不是 12 至 30 位数字"),
        ({"effective_on": "2021-13-01"}, "不存在"),
        ({"effective_on": "2022-01-01"}, "不在保险期间"),
        ({"village": "1"}, "村"),
        ({"reason": "died"}, "died"),
        ({"proof": ""}, "请写明依据的材料"),
        ({"id_number": id_number(1)}, "已在大周镇的名册上"),
    ],
)
def test_a_form_with_a_mistake_says_which_and_holds_no_secret(cast: Cast, login, changes, told: str) -> None:
    answer = login(cast.clerk).post("/endorsements/add/", filled(phone="10000000123") | changes)
    page = answer.content.decode()
    assert (answer.status_code, told in page) == (422, True), page
    assert "10000000123" not in page
    assert id_number(50) not in page
    with everything():
        assert Endorsement.objects.count() == 0


def test_the_authority_chooses_the_township_first(cast: Cast, login) -> None:
    client = login(cast.authority)
    assert "增加的人" not in text(client, "/endorsements/add/")
    assert "增加的人" in text(client, f"/endorsements/add/?township={township(OWN).pk}")
    client.post("/endorsements/add/", filled(township=str(township(OWN).pk)))
    assert the_only().asked_by == cast.authority


def test_a_correction_shows_both_and_leaves_what_was_not_typed(cast: Cast, login, person: Enrollment) -> None:
    client = login(cast.clerk)
    page = text(client, f"/endorsements/correct/{person.pk}/")
    assert 'value="谭某华"' in page
    assert person.account.reveal() not in page
    body = filled(name="谭某花", household="H001", reason="miswritten", sex="m", relation="户主", bank="某农商行")
    client.post(f"/endorsements/correct/{person.pk}/", body)
    asked = the_only()
    assert (asked.former, asked.content) == ({"name": "谭某华"}, {"name": "谭某花"})
    page = text(client, f"/endorsements/{asked.number}/")
    assert page.index("谭某华") < page.index("谭某花")


def test_a_correction_that_changes_nothing_says_so(cast: Cast, login, person: Enrollment) -> None:
    body = filled(name="谭某华", household="H001", reason="miswritten", sex="m", relation="户主", bank="某农商行")
    answer = login(cast.clerk).post(f"/endorsements/correct/{person.pk}/", body)
    assert "没有要更正的" in answer.content.decode()


def test_ticked_people_go_for_one_reason_or_none_does(cast: Cast, login, person: Enrollment) -> None:
    second = enrol(OWN, 2, name="谭某二")
    client = login(cast.clerk)
    assert 'form="ticked"' in text(client, "/roster/")
    ticked = {"person": [person.pk, second.pk]}
    page = client.post("/endorsements/remove/", ticked).content.decode()
    assert "申请减员 2 人" in page
    removal(second, cast)
    answer = client.post("/endorsements/remove/", ticked | GROUNDS | {"confirm": "yes"})
    assert "已有一件待承保机构确认的批改" in answer.content.decode()
    the_only()
    third = enrol(OWN, 3, name="谭某三")
    client.post("/endorsements/remove/", {"person": [person.pk, third.pk], "confirm": "yes"} | GROUNDS)
    with everything():
        assert Endorsement.objects.filter(state="asked").count() == 3
    assert client.post("/endorsements/remove/", {})["Location"] == "/roster/"


def test_clicked_twice_it_leads_to_the_first(cast: Cast, login, person: Enrollment) -> None:
    client = login(cast.clerk)
    answers = [client.post(f"/endorsements/remove/{person.pk}/", GROUNDS)["Location"] for _ in range(2)]
    assert answers[0] == answers[1] == f"/endorsements/{the_only().number}/"


def test_a_refusal_is_told_to_who_asked(cast: Cast, login, person: Enrollment) -> None:
    asked = removal(person, cast)
    client = login(cast.adjuster)
    decide = f"/endorsements/{asked.number}/decide/"
    assert "请写明不同意的原因" in client.post(decide, {"version": 1}).content.decode()
    client.post(decide, {"version": 1, "opinion": "缺死亡证明"})
    again = client.post(decide, {"version": 1, "agree": "yes", "fen": "0"})
    assert (again.status_code, "现在是“未同意”" in again.content.decode()) == (422, True)
    client = login(cast.clerk)
    assert "近日未同意 1 件" in text(client, "/")
    assert "缺死亡证明" in text(client, f"/endorsements/{asked.number}/")
    assert client.get(f"/endorsements/{asked.number}/slip.pdf").status_code == 404


def test_the_list_finds_by_number_name_and_state(cast: Cast, login, person: Enrollment) -> None:
    first = agree(removal(person, cast), cast.adjuster)
    other = addition(by=cast.clerk, n=50, name="郑某增")
    client = login(cast.finance)
    page = text(client, "/endorsements/")
    assert str(person.id_number) not in page + text(client, f"/endorsements/{first.number}/")
    assert all(word in page for word in (first.number, other.number, "已生效的合计"))
    assert other.number not in text(client, "/endorsements/?state=agreed")
    for query, seen, unseen in (
        (first.number.lower(), first, other),
        ("郑某", other, first),
        (id_number(50), other, first),
    ):
        client.post("/endorsements/search/", {"q": query})
        page = text(client, "/endorsements/")
        assert (f"/endorsements/{seen.number}/" in page, f"/endorsements/{unseen.number}/" in page) == (True, False)


def test_a_masked_account_is_all_that_is_shown_of_a_corrected_one(cast: Cast, login, person: Enrollment) -> None:
    asked = correction(person, cast.clerk, account="6217000000000777777", phone="10000000777")
    page = text(login(cast.adjuster), f"/endorsements/{asked.number}/")
    assert "银行账号" in page
    for secret in ("6217000000000777777", "10000000777", person.account.reveal(), person.phone.reveal()):
        assert secret not in page
    refuse(asked, cast.adjuster)


def test_who_was_taken_off_shows_the_last_day_of_cover_not_the_day_it_was_agreed(
    cast: Cast, login, person: Enrollment
) -> None:
    agree(removal(person, cast, day=date(2021, 6, 1)), cast.adjuster)
    with everything():
        agreed_on = f"{timezone.localdate(Enrollment.objects.get(pk=person.pk).removed_at):%Y-%m-%d}"
    shown = login(cast.clerk).get(f"/roster/person/{person.pk}/").content.decode()
    head = shown[shown.index("page-head") : shown.index("历年参保")]
    assert ("停保" in head, "保障到 2021-05-31 止" in head, agreed_on in head) == (True, True, False)
    assert "已减员" not in head


def test_who_a_village_s_roster_left_out_is_removed_and_never_was_covered(
    cast: Cast, login, person: Enrollment
) -> None:
    with everything():
        Enrollment.objects.filter(pk=person.pk).update(removed_at=timezone.now())
    shown = login(cast.clerk).get(f"/roster/person/{person.pk}/").content.decode()
    head = shown[shown.index("page-head") : shown.index("历年参保")]
    assert ("已减员" in head, "停保" in head) == (True, False)

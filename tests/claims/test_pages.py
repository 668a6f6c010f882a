"""A claim over HTTP, from the search for the person to the closed case; and forms that keep what was typed."""

import pytest
from django.test import Client
from django.utils import timezone

from claims.models import Claim, Payment
from tests.cast import Cast, account, bring_to, claim_in, enrol, id_number, posted, report_of, reread
from tests.ground import everything


def take(client: Client, claim: Claim, action: str, **fields: object):
    claim = reread(claim)
    return client.post(f"/claims/{claim.number}/do/{action}/", {"version": claim.version} | fields)


def test_the_whole_life_over_http(cast: Cast, login) -> None:
    person = enrol()
    client = login(cast.clerk)
    assert person.name in client.post("/claims/new/", {"q": id_number(1)}).content.decode()
    asked = client.get(f"/claims/new/{person.pk}/", {"coverage": "major_illness_inpatient"})
    assert "fact_eligible_expense" in asked.content.decode()
    answer = client.post(f"/claims/new/{person.pk}/", posted(report_of()))
    with everything():
        claim = Claim.objects.get()
    assert answer["Location"] == f"/claims/{claim.number}/"
    login(cast.adjuster)
    for action in ("accept", "adjust", "submit"):
        assert take(client, claim, action).status_code == 302
    login(cast.approver)
    assert take(client, claim, "approve", opinion="同意").status_code == 302
    login(cast.adjuster)
    paid = take(client, claim, "pay", paid_on=f"{timezone.localdate():%Y.%m.%d}", reference="某流水1")
    assert paid.status_code == 302
    assert take(client, claim, "close").status_code == 302
    page = client.get(f"/claims/{claim.number}/").content.decode()
    assert "已结案" in page
    assert "3,000.00" in page
    assert client.get(f"/claims/{claim.number}/statement.pdf").content.startswith(b"%PDF-")
    with everything():
        assert Payment.objects.get().fen == 300_000


def test_return_and_correct_over_http(cast: Cast, login) -> None:
    claim = claim_in("accepted", cast)
    client = login(cast.adjuster)
    assert take(client, claim, "return", opinion="缺费用清单").status_code == 302
    login(cast.clerk)
    form = client.get(f"/claims/{claim.number}/correct/").content.decode()
    assert "缺费用清单" in form
    assert 'value="30000.00"' in form
    assert account(1) not in form
    body = posted(report_of(facts_eligible_expense="29000.00")) | {"version": reread(claim).version}
    body.pop("payee_account")  # left empty: the account of the claim stays
    assert client.post(f"/claims/{claim.number}/correct/", body).status_code == 302
    after = reread(claim)
    assert (after.state, after.payee_account.reveal(), after.facts["eligible_expense"]) == (
        "reported",
        account(1),
        "29000.00",
    )


def test_a_stale_page_is_told_and_the_claim_stays(cast: Cast, login) -> None:
    claim = claim_in("adjusted", cast)
    client = login(cast.adjuster)
    answer = client.post(f"/claims/{claim.number}/do/return/", {"version": claim.version - 1, "opinion": "照片不清楚"})
    assert answer.status_code == 409
    assert "刚被别人改过" in answer.content.decode()
    assert "照片不清楚" in answer.content.decode()
    assert reread(claim).state == "adjusted"


def test_the_same_click_twice_moves_a_claim_once(cast: Cast, login) -> None:
    claim = claim_in("reported", cast)
    client, body = login(cast.adjuster), {"version": claim.version}
    answers = [client.post(f"/claims/{claim.number}/do/accept/", body).status_code for _ in range(2)]
    assert answers == [302, 409]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"paid_on": "某天", "reference": "x"}, "支付日期"),
        ({"paid_on": "2021-10-01", "reference": ""}, "请填银行流水号"),
    ],
)
def test_a_payment_typed_wrong_says_so(cast: Cast, login, fields: dict, sentence: str) -> None:
    claim = claim_in("approved", cast)
    answer = take(login(cast.adjuster), claim, "pay", **fields)
    assert (answer.status_code, sentence in answer.content.decode()) == (409, True)


def test_a_form_with_mistakes_keeps_what_was_typed_but_no_secret(cast: Cast, login) -> None:
    person = enrol()
    body = posted(
        report_of("illness_death", facts_death_date="2021-13-40", payee_name="继某人", reporter_name="报某人")
    )
    answer = login(cast.clerk).post(f"/claims/new/{person.pk}/", body)
    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("2021-13-40", "继某人", "报某人"):
        assert f'value="{kept}"' in page
    with everything():
        assert not Claim.objects.exists()


def test_a_form_with_mistakes_sends_no_secret_back(cast: Cast, login) -> None:
    """An account or ID number is typed again: what comes back lies in the browser's cache and on the screen."""
    person = enrol()
    body = posted(
        report_of("illness_death", facts_death_date="", payee_account=account(77), payee_id_number=id_number(77))
    )
    page = login(cast.clerk).post(f"/claims/new/{person.pk}/", body).content.decode()
    assert account(77) not in page
    assert id_number(77) not in page


def test_a_likely_double_asks_over_http(cast: Cast, login) -> None:
    person = enrol()
    client = login(cast.clerk)
    first = client.post(f"/claims/new/{person.pk}/", posted(report_of()))
    again = client.post(f"/claims/new/{person.pk}/", posted(report_of()))
    assert (first.status_code, again.status_code) == (302, 422)
    assert "可能重复报案" in again.content.decode()
    assert client.post(f"/claims/new/{person.pk}/", posted(report_of()) | {"another_event": "on"}).status_code == 302


def test_the_trial_beside_the_form_computes_and_keeps_nothing(cast: Cast, login) -> None:
    person = enrol()
    client = login(cast.clerk)
    assert "3,000.00" in client.post(f"/claims/new/{person.pk}/trial/", posted(report_of())).content.decode()
    half = {"coverage": "major_illness_inpatient", "fact_eligible_expense": "三万"}
    assert client.post(f"/claims/new/{person.pk}/trial/", half).status_code == 200
    with everything():
        assert not Claim.objects.exists()


def test_an_empty_account_means_the_rosters(cast: Cast, login) -> None:
    person = enrol(n=5)
    body = posted(report_of())
    body.pop("payee_account")
    login(cast.clerk).post(f"/claims/new/{person.pk}/", body)
    with everything():
        assert Claim.objects.get().payee_account.reveal() == account(5)


def test_somebody_taken_off_the_roster_is_not_reported_for(cast: Cast, login) -> None:
    person = enrol(removed_at=timezone.now())
    client = login(cast.clerk)
    assert client.get(f"/claims/new/{person.pk}/").status_code == 404
    assert f"/claims/new/{person.pk}/" not in client.post("/claims/new/", {"q": person.name}).content.decode()


def test_a_secret_is_shown_once_for_a_reason(cast: Cast, login) -> None:
    claim, client = claim_in("reported", cast), login(cast.clerk)
    address = f"/claims/{claim.number}/reveal/"
    assert id_number(1) not in client.get(f"/claims/{claim.number}/").content.decode()
    assert client.post(address, {"field": "id_number", "reason": " "}).status_code == 422
    assert id_number(1) in client.post(address, {"field": "id_number", "reason": "核对回单"}).content.decode()
    assert id_number(1) not in client.get(f"/claims/{claim.number}/").content.decode()
    assert client.post(address, {"field": "facts", "reason": "好奇"}).status_code == 404


def test_the_list_counts_and_finds(cast: Cast, login) -> None:
    people = [enrol(n=n, name=f"谭某{sign}") for n, sign in enumerate("甲乙丙丁")]
    for person, state in zip(people, ("reported", "returned", "in_approval", "paid"), strict=True):
        claim_in(state, cast, person)
    client = login(cast.clerk)
    page = client.get("/claims/").content.decode()
    assert all(person.name in page for person in people)
    returned = client.get("/claims/", {"view": "returned"}).content.decode()
    assert ("谭某乙" in returned, "谭某甲" in returned) == (True, False)
    client.post("/claims/search/", {"q": id_number(3)})
    found = client.get("/claims/").content.decode()
    assert ("谭某丁" in found, "谭某甲" in found) == (True, False)


@pytest.mark.parametrize("q", ["tm", "谭某", id_number(1)])
def test_no_search_goes_into_an_address(cast: Cast, login, q: str) -> None:
    claim_in("reported", cast)
    client = login(cast.clerk)
    for address in ("/find/", "/claims/search/", "/roster/search/"):
        answer = client.post(address, {"q": q})
        assert q not in answer["Location"]
        assert q not in str(dict(client.session)) or q != id_number(1)


def test_the_search_box_stands_only_where_it_finds_something(cast: Cast, login) -> None:
    claim_in("reported", cast)
    shown = {user.role: 'role="search"' in login(user).get("/").content.decode() for user in (cast.clerk, cast.police)}
    assert shown == {"clerk": True, "police": False}


def test_an_approver_is_not_offered_what_they_adjusted(cast: Cast, login) -> None:
    claim = bring_to(claim_in("reported", cast), "in_approval", cast)
    with everything():
        Claim.objects.filter(pk=claim.pk).update(adjusted_by=cast.approver)
    page = login(cast.approver).get(f"/claims/{claim.number}/").content.decode()
    assert "/do/approve/" not in page
    assert "/do/rework/" in page


def test_dates_that_cannot_be_read_are_told_on_the_list(cast: Cast, login) -> None:
    page = login(cast.clerk).get("/claims/", {"from": "某天"}).content.decode()
    assert "报案日期从" in page

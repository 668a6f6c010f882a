"""A change of policy is a dated amendment: events before it follow the old terms, events after it the new."""

from datetime import date

import pytest
from django.urls import reverse

from claims.models import LimitUse
from claims.services.adjusting import quote_claim, recompute_claim
from claims.services.moving import StepRefused
from claims.services.reporting import ReportRefused
from orgs.models import AuditEvent
from orgs.versions import EditConflict
from schemes.models import Amendment, Edition
from schemes.services import (
    EditionRefused,
    TrialFiguresLeft,
    check_amendment,
    describe_amendment,
    draft_amendment,
    publish_amendment,
    store_amendment,
)
from tests.cast import Cast, claim_in, enrol, posted, read_edition, report, report_of, reread, step
from tests.ground import everything
from tests.schemes.documents import JULY, MADE_UP, RAISED, RATE, amended, amendment_of, document, drafted

SEPTEMBER = date(2021, 9, 1)
HIGHER = (("8000.00", "9000.00"),)


def medical(day: str, expense: str = "9999.00"):
    """意外医疗 with nobody else paying: runs into whatever the limit is."""
    return report_of("accident_medical", facts_accident_date=day, facts_eligible_expense=expense, facts_paid_by={})


def limit_on(edition: Edition, day: date) -> str:
    return edition.terms_on(day).limits["accident_medical_maximum"].amount.text


def test_terms_change_on_the_day_and_not_before(cast: Cast) -> None:
    amended(read_edition(), cast, *RAISED)
    amended(read_edition(), cast, *HIGHER, day=SEPTEMBER)
    edition = read_edition()
    days = (date(2020, 1, 1), date(2021, 6, 30), JULY, date(2021, 8, 31), SEPTEMBER, date(2030, 1, 1))
    assert [limit_on(edition, day) for day in days] == [
        "5,000.00",
        "5,000.00",
        "8,000.00",
        "8,000.00",
        "9,000.00",
        "9,000.00",
    ]


def test_a_claim_follows_the_terms_of_the_day_that_decides(cast: Cast) -> None:
    amended(read_edition(), cast, *RAISED)
    old = claim_in("approved", cast, enrol(n=1), medical("2021-06-30"))
    new = claim_in("approved", cast, enrol(n=2), medical("2021-07-01"))
    assert (old.adjusted_fen, new.adjusted_fen) == (500_000, 800_000)
    assert [old.adjustment["terms"], new.adjustment["terms"]] == [
        read_edition().sha256, Amendment.objects.get().sha256,
    ]  # fmt: skip
    with everything():
        assert sorted(LimitUse.objects.values_list("limit_fen", flat=True)) == [500_000, 800_000]


def test_one_person_before_and_after_shares_one_limit(cast: Cast) -> None:
    """What was paid under the old height counts against the new one."""
    amended(read_edition(), cast, *RAISED)
    person = enrol()
    claim_in("approved", cast, person, medical("2021-06-30"))
    new = claim_in("approved", cast, person, medical("2021-07-02"))
    assert new.adjusted_fen == 300_000


def test_a_limit_that_was_lowered_is_never_passed(cast: Cast) -> None:
    lowered = (
        ('amount: {value: "5000.00", clause: 五（一）}', 'amount: {value: "4000.00", clause: 五（一）}'),
        ('payable: "1800.00"', 'payable: "800.00"'),
    )
    amended(read_edition(), cast, *lowered)
    person = enrol()
    claim_in("approved", cast, person, medical("2021-06-30", "3000.00"))
    assert claim_in("approved", cast, person, medical("2021-07-02")).adjusted_fen == 100_000
    with pytest.raises(StepRefused, match=r"0\.00 元，不送审批"):
        claim_in("in_approval", cast, person, medical("2021-07-03"))


@pytest.mark.parametrize("state", ["adjusted", "approved", "paid", "closed"])
def test_what_was_settled_recomputes_to_the_same_fen(cast: Cast, state: str) -> None:
    """Also after an amendment back-dated before the event, later payments, next year's edition, other names of towns."""
    from tests.schemes.documents import published, year_after

    person = enrol()
    claim = claim_in(state, cast, person, medical("2021-08-02", "3200.00"))
    claim_in("closed", cast, person, medical("2021-05-02", "1000.00"))
    amended(read_edition(), cast, *RAISED)
    published(cast, year_after())
    with everything():
        person.township.name = "大周街道"
        person.township.save()
    again = reread(claim)
    assert (recompute_claim(again).payable * 100, again.adjusted_fen) == (320_000, 320_000)
    assert [vars_of(step) for step in recompute_claim(again).steps] == again.adjustment["steps"]


def vars_of(step) -> dict[str, str]:
    from calc.trace import steps_to_json

    return steps_to_json((step,))[0]


def test_every_state_of_a_claim_survives_an_amendment(cast: Cast, login) -> None:
    states = ("reported", "returned", "accepted", "adjusted", "in_approval", "approved", "paid", "closed", "denied")
    claims = [claim_in(state, cast, enrol(n=n), medical("2021-08-02")) for n, state in enumerate(states, start=1)]
    amended(read_edition(), cast, *RAISED)
    for claim in claims:
        assert login(cast.adjuster).get(f"/claims/{claim.number}/").status_code == 200


def test_an_amendment_between_adjustment_and_approval_sends_the_claim_back(cast: Cast) -> None:
    claim = claim_in("in_approval", cast, enrol(), medical("2021-08-02"))
    amended(read_edition(), cast, *RAISED)
    with pytest.raises(StepRefused, match="方案有了修订"):
        step(reread(claim), "approve", cast.approver)
    back = step(reread(claim), "rework", cast.approver)
    assert bring_to_approved(back, cast).adjusted_fen == 800_000


def bring_to_approved(claim, cast: Cast):
    for action, by in (("adjust", cast.adjuster), ("submit", cast.adjuster), ("approve", cast.approver)):
        claim = step(claim, action, by)
    return claim


def test_an_approval_taken_back_is_computed_with_the_terms_in_force(cast: Cast) -> None:
    claim = claim_in("approved", cast, enrol(), medical("2021-08-02"))
    amended(read_edition(), cast, *RAISED)
    back = step(reread(claim), "revoke", cast.approver)
    with everything():
        assert LimitUse.objects.get().used_fen == 0
    assert bring_to_approved(back, cast).adjusted_fen == 800_000


def test_the_edition_as_a_whole_keeps_its_own_terms(cast: Cast) -> None:
    edition = read_edition()
    before = (edition.sha256, edition.document)
    amended(edition, cast, *RAISED)
    again = read_edition()
    assert (again.sha256, again.document) == before


# --- a coverage comes and goes -------------------------------------------------------------------------------------
def without_illness_death() -> str:
    """Wanzhou's terms with no 疾病身故, neither as a coverage nor as an example."""
    import re

    text = document("wanzhou-2021")
    text = re.sub(r"\n  illness_death:\n(?:    .*\n|\n)+?(?=  \w+:\n)", "\n", text, count=1)
    return re.sub(r"  - name: [^\n]*\n    coverage: illness_death\n(?:    .*\n)+", "", text)


@pytest.fixture
def ended(cast: Cast) -> Amendment:
    """疾病身故 ends on 1 July."""
    amendment = draft_amendment(edition=read_edition(), effective_from=JULY, reason="不再保疾病身故", by=cast.authority)
    text = without_illness_death()
    stored = store_amendment(amendment=amendment, document=text, by=cast.authority, read_version=amendment.version)
    return publish_amendment(amendment=check_amendment(amendment=stored, by=cast.authority), by=cast.second_authority)


def test_a_coverage_that_ended_pays_for_events_before(cast: Cast, ended: Amendment) -> None:
    before = report_of("illness_death", facts_death_date="2021-06-30")
    assert claim_in("approved", cast, enrol(n=1), before).adjusted_fen == 100_000
    with pytest.raises(ReportRefused, match="2021-07-01 的条款里没有「") as refused:
        report(enrol(n=2), cast.clerk, report_of("illness_death", facts_death_date="2021-07-01"))
    assert refused.value.problems[0].field == "death_date"


def test_what_it_paid_stands_in_nobodys_way(cast: Cast, ended: Amendment) -> None:
    """An earlier payment of a coverage that the terms in force no longer know."""
    person = enrol()
    claim_in("paid", cast, person, report_of("illness_death", facts_death_date="2021-06-30"))
    assert claim_in("approved", cast, person, medical("2021-07-02", "100.00")).adjusted_fen == 10_000


def test_what_used_up_a_limit_still_counts_on_it(cast: Cast) -> None:
    import re

    amendment = draft_amendment(edition=read_edition(), effective_from=JULY, reason="x", by=cast.authority)
    shared = re.sub(r"(\n  chronic_outpatient:\n)", r"\1    limits: [accident_medical_maximum]\n", amendment.document)
    first = store_amendment(amendment=amendment, document=shared, by=cast.authority, read_version=amendment.version)
    publish_amendment(amendment=check_amendment(amendment=first, by=None), by=cast.second_authority)
    second = draft_amendment(edition=read_edition(), effective_from=SEPTEMBER, reason="x", by=cast.authority)
    own = document("wanzhou-2021")
    with pytest.raises(EditionRefused, match=r"limits\.accident_medical_maximum.*另立一个限额"):
        store_amendment(amendment=second, document=own, by=cast.authority, read_version=second.version)


def test_the_date_that_decides_stays(cast: Cast) -> None:
    with pytest.raises(EditionRefused, match="按哪个日期定"):
        amendment_of(read_edition(), cast, ("decided_by: admitted_on", "decided_by: discharged_on"))


def test_the_report_form_still_offers_it(cast: Cast, ended: Amendment, login) -> None:
    person = enrol()
    client = login(cast.clerk)
    assert 'value="illness_death"' in client.get(reverse("claim_report", args=[person.pk])).content.decode()
    late = posted(report_of("illness_death", facts_death_date="2021-07-01"))
    answer = client.post(reverse("claim_report", args=[person.pk]), late)
    assert (answer.status_code, "的条款里没有" in answer.content.decode()) == (422, True)
    soon = posted(report_of("illness_death", facts_death_date="2021-06-30"))
    assert client.post(reverse("claim_report", args=[person.pk]), soon).status_code == 302


# --- drafting, checking, publishing --------------------------------------------------------------------------------
def test_it_starts_as_a_copy_of_the_terms_in_force(cast: Cast) -> None:
    first = amended(read_edition(), cast, *RAISED)
    second = draft_amendment(edition=read_edition(), effective_from=SEPTEMBER, reason="再改", by=cast.authority)
    earlier = draft_amendment(edition=read_edition(), effective_from=date(2021, 3, 1), reason="补", by=cast.authority)
    assert (second.number, second.sha256, earlier.sha256) == (2, first.sha256, read_edition().sha256)


def test_two_people_and_a_check_are_wanted_here_too(cast: Cast) -> None:
    amendment = amendment_of(read_edition(), cast, *RAISED)
    with pytest.raises(EditionRefused, match="“已检查”时才能发布"):
        publish_amendment(amendment=amendment, by=cast.second_authority)
    amendment = check_amendment(amendment=amendment, by=cast.second_authority)
    with pytest.raises(EditionRefused, match="由另一个人"):
        publish_amendment(amendment=amendment, by=cast.authority)
    published = publish_amendment(amendment=amendment, by=cast.second_authority)
    again = publish_amendment(amendment=amendment, by=cast.second_authority)
    assert (published.state, again.version) == ("published", published.version)
    with everything():
        acts = list(
            AuditEvent.objects.filter(action__startswith="amendment.").order_by("id").values_list("action", flat=True)
        )
    assert acts == ["amendment.draft", "amendment.store", "amendment.check", "amendment.publish"]


def test_published_it_is_stored_no_more(cast: Cast) -> None:
    amendment = amended(read_edition(), cast, *RAISED)
    for by in (cast.authority, None):
        with pytest.raises(EditionRefused, match="现在是“已发布”"):
            store_amendment(amendment=amendment, document="x", by=by, read_version=amendment.version)
        with pytest.raises(EditionRefused, match="现在是“已发布”"):
            describe_amendment(
                amendment=amendment, effective_from=SEPTEMBER, reason="x", by=by, read_version=amendment.version
            )


def test_a_changed_day_or_document_has_to_be_checked_again(cast: Cast) -> None:
    amendment = check_amendment(amendment=amendment_of(read_edition(), cast, *RAISED), by=cast.authority)
    moved = describe_amendment(
        amendment=amendment,
        effective_from=SEPTEMBER,
        reason="改日期",
        by=cast.authority,
        read_version=amendment.version,
    )
    assert (moved.state, moved.effective_from, moved.checked_by) == ("draft", SEPTEMBER, None)
    with pytest.raises(EditConflict):
        store_amendment(amendment=moved, document=document("wanzhou-2021"), by=cast.authority, read_version=1)


@pytest.mark.parametrize("day", ["2020-12-31", "2021-01-01", "2022-01-01"])
def test_it_takes_effect_within_the_period(cast: Cast, day: str) -> None:
    with pytest.raises(EditionRefused, match="不在保险期间内"):
        draft_amendment(edition=read_edition(), effective_from=date.fromisoformat(day), reason="x", by=cast.authority)


def test_a_draft_edition_is_changed_and_not_amended(cast: Cast) -> None:
    with pytest.raises(EditionRefused, match="还没有发布"):
        draft_amendment(edition=drafted(cast), effective_from=JULY, reason="x", by=cast.authority)


def test_one_amendment_a_day(cast: Cast) -> None:
    amended(read_edition(), cast, *RAISED)
    with pytest.raises(EditionRefused, match="第1次修订也自 2021-07-01 起"):
        amended(read_edition(), cast, *HIGHER)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("code: wanzhou-2021", "code: wanzhou-2029", "「edition.code」：修订改了代码，应与原方案一致"),
        ("number_prefix: WZ21", "number_prefix: WZ99", "案件号前缀"),
        ("scheme_code: wanzhou-gonggu-tuopinbao", "scheme_code: other", "险种"),
        ('"130.00"', '"131.00"', "保费"),
        ("大周镇, ", "", "乡镇|大周镇"),
        ("first: \"2021-01-01\"", "first: \"2021-02-01\"", "保险期间第一天"),
        ("last: \"2021-12-31\"", "last: \"2021-11-30\"", "只能延长"),
    ],
)  # fmt: skip
def test_another_edition_is_no_amendment(cast: Cast, before: str, after: str, words: str) -> None:
    with pytest.raises(EditionRefused, match=words):
        amendment_of(read_edition(), cast, (before, after))


def test_a_longer_period_is_an_amendment(cast: Cast) -> None:
    amended(read_edition(), cast, ('last: "2021-12-31"', 'last: "2022-03-31"'), day=SEPTEMBER)
    assert read_edition().last_day == date(2022, 3, 31)
    late = claim_in("approved", cast, enrol(), medical("2022-03-31", "100.00"))
    assert late.adjusted_fen == 10_000
    assert quote_claim(claim_in("reported", cast, enrol(n=2), medical("2022-04-01"))).payable == 0
    with pytest.raises(EditionRefused, match="只能延长"):
        amendment_of(read_edition(), cast, ('last: "2022-03-31"', 'last: "2021-12-31"'), day=date(2021, 10, 1))


def test_made_up_figures_are_not_published_in_an_amendment(cast: Cast, settings) -> None:
    edition = read_edition()
    amendment = draft_amendment(edition=edition, effective_from=JULY, reason="x", by=cast.authority)
    limit = (
        'amount: {value: "5000.00", clause: 五（一）}',
        'amount: {value: "5000.00", clause: 五（一）, trial: true}',
    )
    text = amendment.document.replace(*limit)
    stored = store_amendment(amendment=amendment, document=text, by=cast.authority, read_version=amendment.version)
    stored = check_amendment(amendment=stored, by=cast.authority)
    settings.TRIAL = False
    with pytest.raises(TrialFiguresLeft, match=r"limits\.accident_medical_maximum\.amount"):
        publish_amendment(amendment=stored, by=cast.second_authority)
    assert RATE in edition.document
    assert MADE_UP not in edition.document


# --- screens -------------------------------------------------------------------------------------------------------
NEW = {
    "effective_from": "2021年7月1日",
    "reason": "医疗限额提高",
    "notice_title": "某通知",
    "notice_number": "某〔2021〕9号",
}


def test_an_amendment_on_screen(cast: Cast, login) -> None:
    edition = read_edition()
    page = f"/editions/{edition.code}/"
    drafter = login(cast.authority)
    wrong = drafter.post(f"{page}amend/", NEW | {"effective_from": "2022-07-01", "reason": ""})
    assert (wrong.status_code, "请写明修订原因" in wrong.content.decode()) == (422, True)
    assert drafter.post(f"{page}amend/", NEW | {"effective_from": "2022-07-01"}).status_code == 422
    assert drafter.post(f"{page}amend/", NEW)["Location"].startswith("/drafts/")
    one = f"{page}amendments/1/"
    assert login(cast.clerk).get(one).status_code == 404
    assert "第1次修订</a>" not in login(cast.clerk).get(page).content.decode()
    drafter = login(cast.authority)
    assert drafter.post(f"{one}describe/", NEW | {"version": 1, "reason": "改一改"}).status_code == 302
    assert drafter.post(f"{one}describe/", NEW | {"version": 1}).status_code == 422
    assert drafter.post(f"{one}check/", {"version": 2}).status_code == 302
    second = login(cast.second_authority)
    assert second.post(f"{one}publish/", {"version": 3, "title": "错"}).status_code == 422
    assert second.post(f"{one}publish/", {"version": 3, "title": edition.title}).status_code == 302
    clerk = login(cast.clerk)
    assert "改一改" in clerk.get(one).content.decode()
    assert "第1次修订</a>" in clerk.get(page).content.decode()
    assert "已修订 1 次" in clerk.get("/editions/").content.decode()

"""What-if: a draft over last year's claims. Every sum here was reckoned by hand."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from openpyxl import load_workbook

from claims.history import paid_before
from claims.models import Claim
from office import jobs
from office.models import Job
from orgs.models import AuditEvent, Role, User
from orgs.scope import acting, scope_of, system_scope
from reports.models import WhatIf
from reports.what_if import past, trying
from reports.what_if.asking import ask_what_if
from reports.what_if.paid_so_far import PaidSoFar, _Everybody
from reports.what_if.past import PastClaims
from reports.what_if.result import Result, Sums, result_of
from schemes.models import Edition
from tests.cast import FAR, OWN, Cast, bring_to, claim_in, enrol, read_cast, read_edition, report, report_of, step
from tests.cast import reread as reread_claim
from tests.ground import made_once
from tests.reports.drafts import draft
from tests.test_query_counts import asked as questions

CANARY = "金丝雀"
EVERYBODYS = """    per: edition
    clause: 五（一）
    amount: {value: "4000.00\""""
STUDENT = {
    "diagnosed_on": "2021-05-01", "in_school": True, "first_diagnosis": True, "illness": "malignant_tumour",
}  # fmt: skip


@pytest.fixture(scope="module")
def made_year(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Claim]]:
    """Eleven approved claims, one denied for want of anything due, one denied otherwise, one still open."""
    with made_once(django_db_blocker):
        cast = read_cast()
        yield _medical(cast) | _houses(cast) | _others(cast) | _not_approved(cast)


@pytest.fixture
def year(made_year: dict[str, Claim], db: None) -> dict[str, Claim]:
    return {name: reread_claim(claim) for name, claim in made_year.items()}


def _person(n: int, place: str = OWN, **more: Any) -> Any:
    return enrol(place, n, name=f"谭某{CANARY}", **({"household": f"H{n}"} | more))


def _approved(cast: Cast, person: Any, what: Any) -> Claim:
    return claim_in("approved", cast, person, what)


def _medical(cast: Cast) -> dict[str, Claim]:
    """The second of two claims under one limit was reported first and approved last."""
    person = _person(2)
    late = report(person, cast.clerk, report_of("accident_medical", facts_eligible_expense="4500.00"))
    early = report(
        person, cast.clerk, report_of("accident_medical", facts_eligible_expense="4000.00"), another_event=True
    )
    early, late = (bring_to(claim, "approved", cast) for claim in (early, late))
    return {
        "inpatient": _approved(cast, _person(1), report_of(facts_hospital=f"医院{CANARY}", facts_diagnosis=CANARY)),
        "early": early,
        "late": late,
        "far": _approved(cast, _person(3, FAR), report_of("accident_medical")),
    }


def _houses(cast: Cast) -> dict[str, Claim]:
    """Two people of one household under the limit of one house, and another house of theirs."""
    first, second = _person(4, household="H7"), _person(5, household="H7")
    house = {"facts_house": f"老屋{CANARY}"}
    return {
        "house": _approved(cast, first, report_of("rural_housing", **house)),
        "same_house": _approved(cast, second, report_of("rural_housing", facts_assessed_loss="20000.00", **house)),
        "other_house": _approved(
            cast, second, report_of("rural_housing", facts_assessed_loss="3000.00", facts_house="新屋")
        ),
    }


def _others(cast: Cast) -> dict[str, Claim]:
    student = _person(7, born=date(2001, 1, 1))
    ill = replace(report_of("illness_death"), coverage="student_critical_illness", facts=STUDENT, payee="insured")
    return {
        "death": _approved(cast, _person(6, FAR), report_of("illness_death", n=6)),
        "student": _approved(cast, student, ill),
        "chronic": _approved(cast, _person(8), report_of("chronic_outpatient")),
        "accident": _approved(cast, _person(9, FAR), report_of("accident_death_disability", n=9)),
    }


def _not_approved(cast: Cast) -> dict[str, Claim]:
    below = report_of(facts_eligible_expense="4000.00", facts_paid_by={"basic_medical": "3200.00"})
    below_threshold = claim_in("adjusted", cast, _person(10), below)
    return {
        "below": step(below_threshold, "deny", cast.adjuster),
        "denied": claim_in("denied", cast, _person(11)),
        "open": claim_in("accepted", cast, _person(12)),
    }


def computed(proposed: Edition, by: User) -> WhatIf:
    """A what-if with its job done."""
    asked = asked_for(proposed, by)
    assert jobs.run(_job(asked).pk)
    return reread(asked)


def asked_for(proposed: Edition, by: User) -> WhatIf:
    with acting(scope_of(by)):
        return ask_what_if(past=read_edition(), proposed=proposed, by=by)


def reread(what_if: WhatIf) -> WhatIf:
    with system_scope("tests look"):
        return WhatIf.objects.select_related("past", "proposed").get(pk=what_if.pk)


def _job(what_if: WhatIf) -> Job:
    return Job.objects.get(kind="what_if", target_id=what_if.pk)


def fen(yuan: str) -> int:
    return round(float(yuan) * 100)


def by_township(result: Result) -> dict[str, Sums]:
    return {row.line.label: row.line.sums for row in result.townships}


# --- the figures ------------------------------------------------------------------------------------------------
def test_a_draft_over_last_years_claims(year: dict[str, Claim], cast: Cast) -> None:
    result = result_of(computed(draft(), cast.authority).result)
    own = Sums(
        claims=8, old_fen=fen("46240.00"), new_fen=fen("38500.00"), more=1, less=2, same=3, none=2,
        denied=1, reopened=1, reopened_fen=fen("200.00"),
    )  # fmt: skip
    far = Sums(
        claims=3, old_fen=fen("53000.00"), new_fen=fen("3500.00"), more=1, same=1, uncomputed=1,
        uncomputed_fen=fen("50000.00"),
    )  # fmt: skip
    assert by_township(result) == {OWN: own, FAR: far}
    assert (own.difference_fen, far.difference_fen) == (fen("-7740.00"), fen("500.00"))
    assert result.total == own + far
    assert result.total.difference_fen == fen("-7240.00")
    assert {line.code: (line.side, line.sums.compared_fen, line.sums.new_fen) for line in result.coverages} == {
        "accident_death_disability": ("both", 0, 0),
        "accident_medical": ("both", fen("7000.00"), fen("6000.00")),
        "major_illness_inpatient": ("both", fen("3000.00"), fen("1500.00")),
        "chronic_outpatient": ("old", fen("240.00"), 0),
        "illness_death": ("both", fen("1000.00"), fen("1500.00")),
        "student_critical_illness": ("both", fen("10000.00"), 0),
        "rural_housing": ("both", fen("28000.00"), fen("33000.00")),
        "chronic_visit": ("new", 0, 0),
    }


def test_the_premium_follows_the_rate(year: dict[str, Claim], cast: Cast) -> None:
    premium = result_of(computed(draft(), cast.authority).result).premium
    assert premium is not None
    assert (premium.persons, premium.old_fen, premium.new_fen) == (12, fen("1560.00"), fen("1800.00"))
    assert premium.difference_fen == fen("240.00")


def test_reasons_are_counted_in_the_terms_own_words(year: dict[str, Claim], cast: Cast) -> None:
    result = result_of(computed(draft(), cast.authority).result)
    assert [(one.text, one.n) for one in result.uncomputed] == [("新条款要用「在校学生」，原案件没有", 1)]
    assert {(one.text, one.n) for one in result.unpaid} == {
        ("新条款没有这项保障责任", 1), ("不符合新条款的条件（五（四））", 1),
    }  # fmt: skip


def test_rows_and_columns_add_up_to_the_same_total(year: dict[str, Claim], cast: Cast) -> None:
    result = result_of(computed(draft(), cast.authority).result)
    with system_scope("tests look"):
        stored = sum(Claim.objects.filter(state="approved").values_list("adjusted_fen", flat=True))
    assert result.total.old_fen == stored
    assert sum((line.sums for line in result.coverages), Sums()) == result.total
    assert sum((row.line.sums for row in result.townships), Sums()) == result.total
    for position, line in enumerate(result.coverages):
        assert sum((row.cells[position] for row in result.townships), Sums()) == line.sums


def test_terms_over_their_own_year_change_nothing(year: dict[str, Claim], cast: Cast) -> None:
    result = result_of(computed(read_edition(), cast.authority).result)
    assert result.total.difference_fen == 0
    assert (result.total.claims, result.total.same, result.total.reopened, result.premium) == (11, 11, 0, None)


def test_a_fixed_sum_is_due_once_under_the_new_terms_too(cast: Cast) -> None:
    """Two deaths of one person can't be approved here; two illnesses under what becomes a fixed sum could have been."""
    terms = read_edition().terms
    tried = trying.ProposedTerms(terms, terms.period)
    facts = {"event": "illness_death", "death_date": "2021-06-01"}
    claim = past.PastClaim(1, "illness_death", 1, "a" * 32, "", date(2021, 6, 1), 100_000, facts)
    assert tried.outcome_of(claim) == trying.Outcome(100_000)
    second = tried.outcome_of(claim._replace(pk=2))
    assert (second.fen, [reason.kind for reason in second.reasons]) == (0, ["once"])


def test_a_limit_of_the_whole_edition_is_used_up_in_the_order_of_approval(year: dict[str, Claim], cast: Cast) -> None:
    """4,000 for everybody: the first claim takes 3,000, the second what is left, the other township nothing."""
    proposed = draft(('    per: person\n    clause: 五（一）\n    amount: {value: "4000.00"', EVERYBODYS))
    result = result_of(computed(proposed, cast.authority).result)
    position = [line.code for line in result.coverages].index("accident_medical")
    own, far = (next(row.cells[position] for row in result.townships if row.line.label == at) for at in (OWN, FAR))
    assert (own.new_fen, own.same, own.less) == (fen("4000.00"), 1, 1)
    assert (far.new_fen, far.none) == (0, 1)


def _made(n: int, **more: Any) -> past.PastClaim:
    made = past.PastClaim(n, "accident_medical", 1, f"{n:032d}", "H1", date(2021, 5, 1), None, {}, "0" * 24)
    return made._replace(**more)


def test_payments_to_everybody_are_told_apart_by_day_and_county() -> None:
    """Sums as the rules want them: what limits per event, county and edition count."""
    sums = _Everybody()
    elsewhere, later = {"region_path": "1" * 24}, {"event_date": date(2021, 6, 1)}
    for n, more in enumerate(({}, elsewhere, later, elsewhere | later), start=1):
        sums.add(_made(n, **more), trying.Decimal(10**n))
    entries = {(one["same_event"], one["same_county"]): one["amount"] for one in sums.entries(_made(9))}
    assert entries == {(True, True): 10, (True, False): 100, (False, True): 1000, (False, False): 10000}


def test_the_running_history_is_what_the_stored_one_says(year: dict[str, Claim], cast: Cast) -> None:
    """Under unchanged terms it gives the rules the very entries that claims/history.py gives them."""
    terms = read_edition().terms
    running = PaidSoFar(terms)
    step(year["early"], "pay", cast.adjuster)
    read = PastClaims(read_edition(), cast.authority, "counted", days_of_payment=True)
    claims = [claim for chunk in read.chunks() for claim in chunk]
    for claim in claims:
        running.add(claim, trying.Decimal(claim.fen).scaleb(-2))
    for name in ("late", "same_house", "other_house", "house", "inpatient"):
        with acting(scope_of(cast.authority)):
            stored = Claim.objects.get(pk=year[name].pk)
        own = next(claim for claim in claims if claim.pk == stored.pk)
        others = PaidSoFar(terms)
        for claim in claims:
            if claim.pk != own.pk:
                others.add(claim, trying.Decimal(claim.fen).scaleb(-2))
        entries = paid_before(stored)
        assert bool(entries) == (name != "inpatient"), name
        told = [{key: value for key, value in one.items() if value is not None} for one in others.before(own)]
        stored_entries = [{key: value for key, value in one.items() if value is not None} for one in entries]
        assert _sorted(told) == _sorted(stored_entries), name


def _sorted(entries: list[dict[str, Any]]) -> list[str]:
    return sorted(str(sorted(entry.items())) for entry in entries)


# --- the order --------------------------------------------------------------------------------------------------
def test_claims_come_in_the_order_of_their_last_approval(year: dict[str, Claim], cast: Cast) -> None:
    taken_back = step(year["early"], "revoke", cast.approver)
    bring_back = taken_back
    for action in ("adjust", "submit"):
        bring_back = step(bring_back, action, cast.adjuster)
    step(bring_back, "approve", cast.approver)
    claims = [claim.pk for chunk in PastClaims(read_edition(), cast.authority, "counted").chunks() for claim in chunk]
    assert claims.index(year["late"].pk) < claims.index(year["early"].pk)
    assert claims[-1] == year["early"].pk


# --- stopped half-way -------------------------------------------------------------------------------------------
@pytest.fixture
def in_threes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "CHUNK", 3)


def _at_the_fifth(monkeypatch: pytest.MonkeyPatch, do: Any) -> None:
    seen, plain = [], trying.ProposedTerms.outcome_of

    def outcome_of(self: Any, claim: Any) -> Any:
        seen.append(claim)
        if len(seen) == 5:
            do()
        return plain(self, claim)

    monkeypatch.setattr(trying.ProposedTerms, "outcome_of", outcome_of)


def _killed() -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("in_threes")
def test_a_killed_worker_leaves_nothing_and_the_next_begins_anew(
    year: dict[str, Claim], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = computed(draft(), cast.authority).result
    asked = asked_for(draft(), cast.authority)
    job = _job(asked).pk
    with monkeypatch.context() as patch:
        _at_the_fifth(patch, _killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(job)
    assert (reread(asked).state, reread(asked).result, _job(asked).done) == ("waiting", {}, 3)
    assert not jobs.run(_job(asked).pk), "the dead worker's lease still runs"
    Job.objects.filter(pk=_job(asked).pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.run(_job(asked).pk)
    assert (reread(asked).state, reread(asked).result) == ("done", undisturbed)


@pytest.mark.usefixtures("in_threes")
def test_a_worker_whose_job_went_elsewhere_writes_nothing(
    year: dict[str, Claim], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_for(draft(), cast.authority)
    _at_the_fifth(monkeypatch, lambda: Job.objects.filter(target_id=asked.pk).update(fence=F("fence") + 1))
    jobs.run(_job(asked).pk)
    assert (reread(asked).state, reread(asked).result) == ("waiting", {})


def test_a_job_that_is_done_twice_stores_one_result(year: dict[str, Claim], cast: Cast) -> None:
    done = computed(draft(), cast.authority)
    Job.objects.filter(pk=_job(done).pk).update(state="waiting", lease_until=None)
    assert jobs.run(_job(done).pk)
    assert (reread(done).result, reread(done).finished_at) == (done.result, done.finished_at)
    with system_scope("tests look"):
        assert AuditEvent.objects.filter(action="edition.what_if_done").count() == 1


def test_a_mistake_of_ours_is_told_and_can_be_tried_again(
    year: dict[str, Claim], cast: Cast, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_for(draft(), cast.authority)
    with monkeypatch.context() as patch:
        _at_the_fifth(patch, lambda: 1 / 0)
        jobs.run(_job(asked).pk)
    page = login(cast.authority).get(f"/what-if/{asked.pk}/").content.decode()
    assert reread(asked).state == "stopped"
    assert "没有做完" in page
    assert "重新测算" in page


# --- who, and with what -----------------------------------------------------------------------------------------
def test_whoever_was_moved_while_it_waited_gets_nothing(year: dict[str, Claim], cast: Cast) -> None:
    asked = asked_for(draft(), cast.authority)
    User.objects.filter(pk=cast.authority.pk).update(role=Role.FINANCE)
    jobs.run(_job(asked).pk)
    assert (reread(asked).state, _job(asked).state) == ("stopped", "refused")
    assert "重新提出" in reread(asked).refusal


def test_only_claims_in_the_persons_scope_are_counted(year: dict[str, Claim], cast: Cast) -> None:
    """An authority of one township sees its claims alone, and the county does not see less for it."""
    User.objects.filter(pk=cast.authority.pk).update(organization=cast.far_clerk.organization)
    local = User.objects.select_related("organization__region").get(pk=cast.authority.pk)
    assert set(by_township(result_of(computed(draft(), local).result))) == {FAR}


def test_a_second_click_comes_to_the_same_what_if(year: dict[str, Claim], cast: Cast) -> None:
    proposed = draft()
    assert asked_for(proposed, cast.authority) == asked_for(proposed, cast.authority)
    assert Job.objects.filter(kind="what_if").count() == 1


def test_what_can_not_be_chosen_is_told_beside_the_field(year: dict[str, Claim], cast: Cast, login: Any) -> None:
    client = login(cast.authority)
    answer = client.post("/what-if/new/", {"proposed": "", "past": "draft-2022"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选择要测算的条款" in page
    assert "这一年度没有获批的案件" in page


def test_a_draft_that_changed_since_is_pointed_out(year: dict[str, Claim], cast: Cast, login: Any) -> None:
    done = computed(draft(), cast.authority)
    client = login(cast.authority)
    assert "条款已变动" not in client.get(f"/what-if/{done.pk}/").content.decode()
    draft(('"150.00"', '"160.00"'))
    assert "条款已变动" in client.get(f"/what-if/{done.pk}/").content.decode()


# --- what is kept, shown and taken along ------------------------------------------------------------------------
def test_nothing_personal_is_kept_shown_or_exported(year: dict[str, Claim], cast: Cast, login: Any) -> None:
    """Also where the rules' own sentence quotes what the claim says."""
    with system_scope("tests"):
        house = Claim.objects.get(pk=year["house"].pk)
        house.facts = house.facts | {"structure": f"结构{CANARY}"}
        house.save(update_fields=["facts"])
    done = computed(draft(), cast.authority)
    client = login(cast.authority)
    book = client.get(f"/what-if/{done.pk}/what-if.xlsx").content
    cells = [str(cell) for row in load_workbook(io.BytesIO(book)).active.values for cell in row if cell is not None]
    kept = json.dumps(done.result, ensure_ascii=False) + str(done) + json.dumps(_job(done).result)
    assert "原案件的「房屋结构」与新条款不合" in kept
    with system_scope("tests look"):
        kept += str(
            list(AuditEvent.objects.filter(action__startswith="edition.what_if").values_list("detail", "target"))
        )
    shown = client.get(f"/what-if/{done.pk}/").content.decode()
    for text in (kept, shown, "".join(cells)):
        assert CANARY not in text
        assert not any(claim.id_index in text or claim.number in text for claim in year.values())
        assert "医院" not in text


def test_the_workbook_ties_and_holds_no_formula(year: dict[str, Claim], cast: Cast, login: Any) -> None:
    proposed = draft(("short_title: 2022年巩固脱贫保", "short_title: =1+2"))
    done = computed(proposed, cast.authority)
    answer = login(cast.authority).get(f"/what-if/{done.pk}/what-if.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    total = next(row for row in sheet.values if row[0] == "合计")
    assert [round(float(cell), 2) for cell in total[3:7]] == [99240.00, 49240.00, 42000.00, -7240.00]
    towns = [row for row in sheet.values if row[0] == "全部责任"]
    subtotals = [row for row in sheet.values if str(row[0]).endswith("小计")]
    for rows in (towns, subtotals):
        assert [round(sum(float(row[at]) for row in rows), 2) for at in range(2, 14)] == [
            round(float(cell), 2) for cell in total[2:]
        ]
    with system_scope("tests look"):
        event = AuditEvent.objects.get(action="edition.what_if_export")
    assert (event.actor_id, event.detail["fen"]) == (cast.authority.pk, fen("-7240.00"))


def test_the_page_says_the_figures_and_the_readings(year: dict[str, Claim], cast: Cast, login: Any) -> None:
    done = computed(draft(), cast.authority)
    page = login(cast.authority).get(f"/what-if/{done.pk}/").content.decode()
    for words in (
        "−7,240.00",
        "+500.00",
        "+240.00",
        "新增责任",
        "新条款没有",
        "2021-01-01",
        "按原来获批的先后",
        "五（四）",
    ):
        assert words in page, words


def test_an_unfinished_what_if_has_no_workbook(year: dict[str, Claim], cast: Cast, login: Any) -> None:
    asked = asked_for(draft(), cast.authority)
    client = login(cast.authority)
    assert client.get(f"/what-if/{asked.pk}/what-if.xlsx").status_code == 404
    assert "HX-Refresh" not in client.get(f"/what-if/{asked.pk}/status/")
    jobs.run(_job(asked).pk)
    assert client.get(f"/what-if/{asked.pk}/status/")["HX-Refresh"] == "true"


def test_the_list_asks_no_more_for_more_what_ifs(year: dict[str, Claim], cast: Cast, login: Any) -> None:
    client = login(cast.authority)
    computed(draft(), cast.authority)
    client.get("/what-if/")
    few = questions(client, "/what-if/")
    for rate in ("151.00", "152.00", "153.00"):
        computed(draft(('"150.00"', f'"{rate}"')), cast.authority)
    assert (few, questions(client, "/what-if/")) == (8, 8)

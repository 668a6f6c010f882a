"""What-if with an amendment in place of an edition: `code~n`."""

from typing import Any

import pytest

from claims.models import Claim
from orgs.scope import acting, scope_of
from reports.what_if.asking import amendments_to_try, ask_what_if
from reports.what_if.result import result_of
from schemes.models import Amendment
from schemes.services import discard_amendment, store_amendment
from tests.cast import EDITION, Cast, claim_in, enrol, read_edition, report_of
from tests.reports.test_what_if import computed, reread
from tests.schemes.documents import RAISED, amended, amendment_of
from tests.schemes.test_amendments import ended, medical  # noqa: F401 - one of them a fixture

CODE = f"{EDITION}~1"


@pytest.fixture
def claims(cast: Cast) -> list[Claim]:
    """One at the limit of 5,000.00 and one far below it; both in May."""
    much = claim_in("approved", cast, enrol(n=1), medical("2021-05-01"))
    little = claim_in("approved", cast, enrol(n=2), medical("2021-05-02", "100.00"))
    return [much, little]


@pytest.fixture
def raised(cast: Cast, claims: list[Claim]) -> Amendment:
    return amendment_of(read_edition(), cast, *RAISED)


def test_an_amendments_draft_over_its_own_year(raised: Amendment, cast: Cast) -> None:
    what_if = computed(raised, cast.authority)
    assert (what_if.proposed_code, what_if.proposed_title) == (CODE, "2021年巩固脱贫保 第1次修订")
    assert (what_if.proposed_sha256, what_if.amendment, what_if.proposed.code) == (raised.sha256, raised, EDITION)
    total = result_of(what_if.result).total
    assert (total.claims, total.difference_fen, total.more, total.same) == (2, 300_000, 1, 1)


def test_it_is_chosen_on_screen_and_tried_again(raised: Amendment, cast: Cast, login: Any) -> None:
    client = login(cast.authority)
    page = client.get(f"/what-if/?proposed={CODE}&past={EDITION}").content.decode()
    assert f'value="{CODE}" selected' in page
    assert "第1次修订（草稿）" in page
    answer = client.post("/what-if/new/", {"proposed": CODE, "past": EDITION})
    assert answer.status_code == 302
    done = computed(raised, cast.authority)
    again = client.get(f"/what-if/{done.pk}/").content.decode()
    assert f'name="proposed" value="{CODE}"' in again
    assert "条款已变动" not in again


@pytest.mark.parametrize(
    "odd", ["~", "~1", f"{EDITION}~", f"{EDITION}~9", f"{EDITION}~1~1", f"{EDITION}~²", "x" * 5000]
)
def test_an_odd_code_is_refused_beside_the_field(raised: Amendment, cast: Cast, login: Any, odd: str) -> None:
    answer = login(cast.authority).post("/what-if/new/", {"proposed": odd, "past": EDITION})
    assert (answer.status_code, "没有这份条款" in answer.content.decode()) == (422, True)


def test_another_county_sees_none_of_it(raised: Amendment, cast: Cast) -> None:
    with acting(scope_of(cast.stranger)):
        assert not amendments_to_try(cast.stranger).exists()
    with acting(scope_of(cast.authority)):
        assert list(amendments_to_try(cast.authority)) == [raised]


def test_a_draft_that_changed_or_went_is_pointed_out(raised: Amendment, cast: Cast, login: Any) -> None:
    done = computed(raised, cast.authority)
    client = login(cast.authority)
    text = raised.document + "# 再改\n"
    stored = store_amendment(amendment=raised, document=text, by=cast.authority, read_version=raised.version)
    assert "条款已变动" in client.get(f"/what-if/{done.pk}/").content.decode()
    discard_amendment(amendment=stored, by=cast.authority, read_version=stored.version)
    page = client.get(f"/what-if/{done.pk}/").content.decode()
    assert "条款已变动" in page
    assert "重新测算" not in page, "there is nothing left to compute with"


def test_what_was_dropped_while_it_waited_is_told(raised: Amendment, cast: Cast) -> None:
    from office import jobs
    from office.models import Job

    with acting(scope_of(cast.authority)):
        asked = ask_what_if(past=read_edition(), proposed=raised, by=cast.authority)
        assert ask_what_if(past=read_edition(), proposed=raised, by=cast.authority) == asked
    discard_amendment(amendment=raised, by=cast.authority, read_version=raised.version)
    jobs.run(Job.objects.get(kind="what_if", target_id=asked.pk).pk)
    assert (reread(asked).state, "已被删除" in reread(asked).refusal) == ("stopped", True)


def test_a_published_amendment_and_its_edition_are_two_proposals(claims: list[Claim], cast: Cast) -> None:
    amendment = amended(read_edition(), cast, *RAISED)
    assert result_of(computed(read_edition(), cast.authority).result).total.difference_fen == 0
    assert result_of(computed(amendment, cast.authority).result).total.difference_fen == 300_000


def test_a_coverage_that_only_an_amendment_had_keeps_its_name(cast: Cast, ended: Amendment) -> None:  # noqa: F811
    """疾病身故 paid until July; the amendment that ended it is what is tried."""
    claim_in("approved", cast, enrol(), report_of("illness_death", facts_death_date="2021-05-01"))
    lines = {line.code: line for line in result_of(computed(ended, cast.authority).result).coverages}
    assert (lines["illness_death"].label, lines["illness_death"].side) == ("疾病身故", "old")
    assert lines["illness_death"].sums.none == 1


def test_a_coverage_that_an_amendment_brought_in_is_one_of_the_past(cast: Cast) -> None:
    """A copy of 疾病身故 under another code, from July on: the edition's own document doesn't know it."""
    import re

    text = read_edition().document
    own = re.search(r"\n  illness_death:\n(?:    .*\n|\n)+?(?=  \w+:\n)", text)
    assert own
    added = own[0].replace("illness_death:", "other_death:", 1).replace("label: 疾病身故", "label: 另一身故", 1)
    amended(read_edition(), cast, (own[0], own[0].rstrip("\n") + "\n" + added.lstrip("\n")))
    claim_in("approved", cast, enrol(), report_of("illness_death", facts_death_date="2021-05-01"))
    lines = {line.code: line for line in result_of(computed(read_edition(), cast.authority).result).coverages}
    assert lines["other_death"].side == "old"
    assert lines["other_death"].label.startswith("另一身故")

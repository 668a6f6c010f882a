"""An amendment's draft is changed in the drafting screens; what it may not change is printed and not asked."""

import re
from html import unescape

import pytest
from django.test import Client

from orgs.models import AuditEvent
from schemes.drafting import DraftRefused, open_amendment_text, save_draft, store_draft
from schemes.models import Amendment, DraftText
from schemes.services import check_amendment, describe_amendment, draft_amendment, publish_amendment, store_amendment
from schemes.terms.loader import load_document
from tests.access.world import look
from tests.cast import Cast, read_edition
from tests.schemes.documents import JULY, RAISED, amended, document
from tests.schemes.test_drafting_pages import form_of

NEW = {"effective_from": "2021-07-01", "reason": "限额提高"}
LIMIT = "limits.accident_medical_maximum.amount.value"
PAGE = "/editions/wanzhou-2021/amendments/1/"


@pytest.fixture
def client_of(cast: Cast, login) -> Client:
    return login(cast.authority)


@pytest.fixture
def text(cast: Cast, client_of: Client) -> DraftText:
    """What 起草修订 leads to."""
    answer = client_of.post("/editions/wanzhou-2021/amend/", NEW)
    draft = DraftText.objects.get()
    assert answer["Location"] == f"/drafts/{draft.pk}/"
    return draft


def raised(text: DraftText, client: Client) -> DraftText:
    """The limit raised in the form, and the example that it moves accepted."""
    address = f"/drafts/{text.pk}/?part=limits"
    assert client.post(address, form_of(client, address) | {f"v:{LIMIT}": "8000"}).status_code == 302
    text.refresh_from_db()
    numbers = re.findall(r'name="accept" value="(\d+)"', client.get(f"/drafts/{text.pk}/examples/").content.decode())
    client.post(f"/drafts/{text.pk}/examples/", {"version": text.version, "accept": numbers})
    text.refresh_from_db()
    assert text.problems == 0
    return text


def stored(text: DraftText, client: Client, amendment_version: int = 1):
    return client.post(
        f"/drafts/{text.pk}/store/", {"version": text.version, "amendment_version": amendment_version}, follow=True
    )


def test_from_the_form_to_the_amendment(cast: Cast, text: DraftText, client_of: Client) -> None:
    assert (text.amendment.number, text.title) == (1, "2021年巩固脱贫保 第1次修订")
    answer = stored(raised(text, client_of), client_of)
    assert answer.redirect_chain == [(PAGE, 302)]
    amendment = Amendment.objects.get()
    assert (amendment.state, amendment.document) == ("draft", text.document)
    assert amendment.terms.limits["accident_medical_maximum"].amount.text == "8,000.00"
    assert "看修订" in client_of.get(f"/drafts/{text.pk}/").content.decode()
    publish_amendment(amendment=check_amendment(amendment=amendment, by=cast.authority), by=cast.second_authority)
    assert not DraftText.objects.exists(), "the text said nothing else"
    assert read_edition().terms_on(JULY).limits["accident_medical_maximum"].amount.text == "8,000.00"


@pytest.mark.parametrize(
    ("part", "key"),
    [("basics", "edition.number_prefix"), ("basics", "period.first"), ("premium", "premium.rate.value")],
)
def test_what_it_keeps_is_printed_and_not_asked(text: DraftText, client_of: Client, part: str, key: str) -> None:
    address = f"/drafts/{text.pk}/?part={part}"
    page = client_of.get(address).content.decode()
    assert f'name="v:{key}"' not in page
    assert "修订不改" in page
    before = text.document
    client_of.post(address, form_of(client_of, address) | {f"v:{key}": "9", "settle": "premium.rate"})
    text.refresh_from_db()
    assert text.document == before, "not even where the browser sends it"


def test_the_days_that_it_may_change_are_asked(text: DraftText, client_of: Client) -> None:
    page = client_of.get(f"/drafts/{text.pk}/?part=basics").content.decode()
    assert 'name="v:period.last"' in page


def test_insurers_are_read_and_not_moved(text: DraftText, client_of: Client) -> None:
    address = f"/drafts/{text.pk}/insurers/"
    page = client_of.get(address).content.decode()
    assert "修订不改承保分片" in page
    assert "<select" not in page.split("<main", 1)[1]
    assert "大周镇" in page
    answer = client_of.post(address, {"version": text.version, "t:大周镇": "2", "drop_1": "on"})
    assert (answer.status_code, "请另立年度方案" in answer.content.decode()) == (422, True)
    text.refresh_from_db()
    assert text.version == 1


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('"130.00"', '"131.00"', "premium"),
        ("code: wanzhou-2021", "code: wanzhou-2029", "edition.code"),
        ("decided_by: admitted_on", "decided_by: discharged_on", "coverages.major_illness_inpatient.decided_by"),
        ('last: "2021-12-31"', 'last: "2021-12-30"', "period.last"),
    ],
)
def test_another_edition_is_told_beside_the_line(
    text: DraftText, client_of: Client, before: str, after: str, key: str
) -> None:
    assert before in text.document
    broken = text.document.replace(before, after, 1)
    address = f"/drafts/{text.pk}/text/"
    page = client_of.post(address, {"version": text.version, "document": broken, "act": "check"}).content.decode()
    assert f"「{key}」" in page
    client_of.post(address, {"version": text.version, "document": broken, "act": "save"})
    text.refresh_from_db()
    assert text.problems >= 1, "kept as it was written"
    assert stored(text, client_of).status_code == 422
    assert Amendment.objects.get().document == read_edition().document


@pytest.mark.parametrize("broken", ["a: [", "- 1", "edition: &x {code: *x}", "edition:\n  code: [x]\n", "\t"])
def test_a_text_that_is_no_edition_is_kept_and_told(text: DraftText, client_of: Client, broken: str) -> None:
    client_of.post(f"/drafts/{text.pk}/text/", {"version": text.version, "document": broken, "act": "save"})
    for page in ("", "text/", "insurers/", "examples/", "compare/"):
        assert client_of.get(f"/drafts/{text.pk}/{page}", follow=True).status_code == 200


def test_one_text_for_each_amendment_beside_that_of_the_edition(cast: Cast, text: DraftText, client_of: Client) -> None:
    assert client_of.post(f"{PAGE}edit/")["Location"] == f"/drafts/{text.pk}/"
    second = draft_amendment(
        edition=read_edition(), effective_from=JULY.replace(month=9), reason="再改", by=cast.authority
    )
    other = open_amendment_text(amendment=second, by=cast.authority)
    assert (other.pk != text.pk, DraftText.objects.count()) == (True, 2)
    assert "第2次修订" in client_of.get("/drafts/").content.decode()


def test_two_people_on_one_amendment_lose_nothing(cast: Cast, text: DraftText, client_of: Client) -> None:
    raised(text, client_of)
    with look():
        amendment = Amendment.objects.get()
        describe_amendment(
            amendment=amendment, effective_from=JULY, reason="另一个原因", by=cast.second_authority, read_version=1
        )
    assert stored(text, client_of, amendment_version=1).status_code == 409
    assert DraftText.objects.get().document == text.document
    assert stored(text, client_of, amendment_version=2).status_code == 200
    assert Amendment.objects.get().document == text.document


@pytest.mark.parametrize("odd", ["", "-1", "²", "9" * 40])
def test_an_odd_version_stores_nothing(text: DraftText, client_of: Client, odd: str) -> None:
    raised(text, client_of)
    answer = client_of.post(f"/drafts/{text.pk}/store/", {"version": text.version, "amendment_version": odd})
    assert answer.status_code == 409


def test_published_it_is_opened_and_stored_no_more(cast: Cast, client_of: Client) -> None:
    amendment = amended(read_edition(), cast, *RAISED)
    with pytest.raises(DraftRefused, match="已经发布"):
        open_amendment_text(amendment=amendment, by=cast.authority)
    assert client_of.post(f"{PAGE}edit/").status_code == 422
    page = client_of.get(PAGE).content.decode()
    assert "改条款" not in page
    assert "放弃草稿" not in page


def test_a_text_that_was_changed_after_storing_outlives_the_publishing(cast: Cast, text: DraftText) -> None:
    kept = save_draft(draft=text, document=text.document + "# 再想想\n", by=cast.authority, read_version=1)
    amendment = check_amendment(amendment=text.amendment, by=cast.authority)
    publish_amendment(amendment=amendment, by=cast.second_authority)
    with pytest.raises(DraftRefused, match="已发布"):
        store_draft(draft=kept, by=cast.authority, read_version=2, amendment_version=amendment.version)
    assert DraftText.objects.get().document.endswith("# 再想想\n")


# --- compared with the terms before it -----------------------------------------------------------------------------
def test_it_is_compared_with_the_terms_before_it(cast: Cast, client_of: Client, login) -> None:
    amended(read_edition(), cast, *RAISED)
    second = draft_amendment(
        edition=read_edition(), effective_from=JULY.replace(month=9), reason="再提高", by=cast.authority
    )
    higher = second.document.replace('"8000.00"', '"9000.00"')
    store_amendment(amendment=second, document=higher, by=cast.authority, read_version=1)
    first = unescape(client_of.get(f"{PAGE}compare/").content.decode())
    assert ("+3,000.00元" in first, "原：2021年巩固脱贫保<" in first) == (True, True)
    later = client_of.get("/editions/wanzhou-2021/amendments/2/compare/").content.decode()
    assert ("+1,000.00元" in later, "原：2021年巩固脱贫保 第1次修订" in later) == (True, True)
    printed = client_of.get(f"{PAGE}compare/pdf/")
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    clerk = login(cast.clerk)
    assert clerk.get(f"{PAGE}compare/").status_code == 200
    assert clerk.get("/editions/wanzhou-2021/amendments/2/compare/").status_code == 404


def test_its_text_is_compared_with_the_terms_before_it(text: DraftText, client_of: Client) -> None:
    raised(text, client_of)
    page = client_of.get(f"/drafts/{text.pk}/compare/").content.decode()
    assert ("+3,000.00元" in page, "第1次修订（起草稿）" in page) == (True, True)


# --- thrown away ---------------------------------------------------------------------------------------------------
def test_its_draft_is_thrown_away_by_its_name(text: DraftText, client_of: Client) -> None:
    for wrong in ({"version": 1, "title": "x"}, {"version": 9, "title": text.title}):
        assert client_of.post(f"{PAGE}discard/", wrong).status_code == 422
    assert client_of.post(f"{PAGE}discard/", {"version": 1, "title": text.title}).status_code == 302
    assert (Amendment.objects.exists(), DraftText.objects.exists()) == (False, False)
    with look():
        assert AuditEvent.objects.filter(action="amendment.discard").count() == 1


def test_what_is_published_is_not_thrown_away(cast: Cast, client_of: Client) -> None:
    amendment = amended(read_edition(), cast, *RAISED)
    answer = client_of.post(f"{PAGE}discard/", {"version": amendment.version, "title": str(amendment)})
    assert (answer.status_code, "不能放弃" in answer.content.decode()) == (422, True)
    assert Amendment.objects.exists()


# --- last year's document, with what was amended -------------------------------------------------------------------
def test_next_year_begins_with_the_terms_that_the_year_ended_with(cast: Cast, client_of: Client) -> None:
    from tests.schemes.test_drafting_pages import COPY

    amended(read_edition(), cast, *RAISED)
    client_of.post("/drafts/copy/wanzhou-2021/", COPY)
    draft = DraftText.objects.get()
    limit = load_document(draft.document, "x").terms.limits["accident_medical_maximum"]
    assert (limit.amount.text, draft.problems) == ("8,000.00", 0)
    page = client_of.get(f"/drafts/{draft.pk}/compare/").content.decode()
    assert "原：2021年巩固脱贫保 第1次修订" in page
    assert "3,000.00元" not in page, "what was amended isn't new next year"


def test_a_document_is_that_of_the_edition(cast: Cast) -> None:
    assert document("wanzhou-2021") == read_edition().last_record.document

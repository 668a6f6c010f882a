"""Where an edition's page leads: editing, comparing, trying, copying, amending, throwing away, as the role may."""

import re
from html import unescape

import pytest

from orgs.models import AuditEvent
from schemes.drafting import start_draft
from schemes.models import Edition
from tests.cast import Cast, enrol, read_edition
from tests.ground import everything
from tests.schemes.documents import checked, document, drafted, year_after


def test_a_draft_leads_on_to_editing_comparing_and_trying(cast: Cast, login) -> None:
    found = drafted(cast, year_after())
    page = unescape(login(cast.authority).get(f"/editions/{found.code}/").content.decode())
    for part in (
        f'action="/drafts/reopen/{found.code}/"',
        f'action="/editions/{found.code}/discard/"',
        f'href="/editions/{found.code}/compare/?old=wanzhou-2021"',
        f'href="/what-if/?proposed={found.code}&past=wanzhou-2021"',
        f'href="/editions/{found.code}/try/"',
    ):
        assert part in page, part
    assert "以此为底稿" not in page


def test_it_is_compared_with_what_it_was_copied_from(cast: Cast, login) -> None:
    """Rather than with the year before."""
    own = read_edition()
    source = drafted(cast, document("wanzhou-other"))
    client = login(cast.authority)
    found = drafted(cast, year_after())
    assert "?old=wanzhou-2021" in client.get(f"/editions/{found.code}/").content.decode()
    start_draft(document=found.document, place=own.place, by=cast.authority, source=source)
    assert f"?old={source.code}" in client.get(f"/editions/{found.code}/").content.decode()


@pytest.mark.parametrize(
    ("who", "acts"),
    [
        ("authority", {"试算", "对照", "以此为底稿", "起草修订"}),
        ("clerk", {"试算", "对照"}),
        ("finance", {"对照"}),
    ],
)
def test_a_published_edition_offers_what_the_role_may(cast: Cast, login, who: str, acts: set[str]) -> None:
    page = login(getattr(cast, who)).get("/editions/wanzhou-2021/").content.decode()
    head = page.split('class="page-head"', 1)[1].split('class="stack"', 1)[0]
    assert set(re.findall(r'<(?:a|button) class="btn btn-plain"[^>]*>([^<]+)<', head)) == acts


def test_a_draft_is_thrown_away_by_its_name_and_on_record(cast: Cast, login) -> None:
    found = drafted(cast, year_after())
    text = start_draft(document=document("wanzhou-2023"), place=found.place, by=cast.authority, source=found)
    client, address = login(cast.authority), f"/editions/{found.code}/discard/"
    for wrong in ({"version": 1, "title": "错"}, {"version": 7, "title": found.title}, {"title": found.title}):
        assert client.post(address, wrong).status_code == 422
    assert client.post(address, {"version": found.version, "title": found.title}).status_code == 302
    assert not Edition.objects.filter(code=found.code).exists()
    text.refresh_from_db()
    assert text.source is None
    with everything():
        event = AuditEvent.objects.get(action="edition.discard")
    assert (event.actor, event.detail["sha256"]) == (cast.authority, found.sha256)


def test_a_checked_draft_may_go_and_a_published_edition_never(cast: Cast, login) -> None:
    client, own = login(cast.authority), read_edition()
    gone = checked(cast)
    assert (
        client.post(f"/editions/{gone.code}/discard/", {"version": gone.version, "title": gone.title}).status_code
        == 302
    )
    answer = client.post("/editions/wanzhou-2021/discard/", {"version": own.version, "title": own.title})
    assert (answer.status_code, "不能放弃" in answer.content.decode()) == (422, True)
    assert read_edition() == own


def test_a_draft_that_a_roster_rests_on_stays(cast: Cast, login) -> None:
    found = drafted(cast, year_after())
    with everything():
        enrolled = enrol()
        type(enrolled).objects.filter(pk=enrolled.pk).update(edition=found)
    answer = login(cast.authority).post(
        f"/editions/{found.code}/discard/", {"version": found.version, "title": found.title}
    )
    assert (answer.status_code, "已经有名册或案件" in answer.content.decode()) == (422, True)
    assert Edition.objects.filter(pk=found.pk).exists()

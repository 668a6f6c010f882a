"""One page for a person: everything that the viewer may see of them, and nothing that they may not."""

import re
from datetime import date

import pytest
from django.utils import timezone

from calc.dates import age_on
from claims.models import Payment
from enrollment.models import Enrollment, RosterBatch, RosterChange
from orgs.models import AuditEvent
from schemes.models import Edition
from tests.cast import NEAR, OWN, Cast, account, claim_in, enrol, id_number, read_edition, villages
from tests.ground import everything

pytestmark = pytest.mark.django_db


def page(client, person: Enrollment, part: str = "") -> str:
    answer = client.get(f"/roster/person/{person.pk}/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


def last_year(person: Enrollment, **changes) -> Enrollment:
    """The same person on the roster of an earlier edition."""
    own = read_edition()
    with everything():
        earlier = Edition.objects.create(
            code="wanzhou-earlier", scheme=own.scheme, place=own.place, title="上一年度方案", state="published",
            first_day=own.first_day.replace(year=2020), last_day=own.last_day.replace(year=2020),
            document=own.document, sha256=own.sha256,
        )  # fmt: skip
        row = Enrollment.objects.get(pk=person.pk)
        row.pk, row.edition = None, earlier
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        return row


def test_it_tells_years_household_claims_and_payments(cast: Cast, login) -> None:
    person = enrol(n=1)
    enrol(n=2, name="谭某妻")
    claim = claim_in("paid", cast, person)
    last_year(person)
    text = page(login(cast.clerk), person)
    with everything():
        paid = Payment.objects.get().fen
    for told in (
        "谭某华",
        "谭某妻",
        "上一年度方案",
        claim.number,
        f"{paid / 100:,.2f}",
        f"{age_on(date(1970, 1, 1), timezone.localdate())} 岁",
        "男",
    ):
        assert told in text, told


def test_it_leads_to_an_endorsement_once_the_roster_is_in_force(cast: Cast, login) -> None:
    person = enrol(OWN, 60)
    page = login(cast.clerk).get(f"/roster/person/{person.pk}/").content.decode()
    assert f"/endorsements/correct/{person.pk}/" in page
    assert f"/endorsements/remove/{person.pk}/" in page
    assert "/endorsements/remove/" not in login(cast.adjuster).get(f"/roster/person/{person.pk}/").content.decode()


def test_a_masked_number_never_stands_beside_a_birth_date(cast: Cast, login) -> None:
    text = page(login(cast.clerk), enrol(n=1))
    assert "5001************" in text
    assert "1970" not in re.sub(r"<[^>]*>", " ", text)


def test_the_insurer_sees_its_own_years_only(cast: Cast, login) -> None:
    person = enrol(n=1)
    last_year(person, insurer=cast.far_adjuster.organization, address="别家的住址")
    assert "上一年度方案" in page(login(cast.clerk), person)
    assert "上一年度方案" not in page(login(cast.adjuster), person)
    assert login(cast.far_adjuster).get(f"/roster/person/{person.pk}/").status_code == 404


@pytest.mark.parametrize("part", ["", "household/"])
def test_a_foreign_person_is_not_there(part: str, cast: Cast, login) -> None:
    person = enrol(NEAR, 1)
    assert login(cast.clerk).get(f"/roster/person/{person.pk}/{part}").status_code == 404


def test_what_happened_to_the_row_names_only_batches_the_viewer_sees(cast: Cast, login) -> None:
    person = enrol(n=1)
    with everything():
        for path, name in ((person.region_path[:24], "本镇名册.xlsx"), (person.edition.place.path, "全县名册.xlsx")):
            batch = RosterBatch.objects.create(
                kind="entry",
                edition=person.edition,
                file_name=name,
                state="confirmed",
                made_by=cast.authority,
                region_path=path,
            )
            RosterChange.objects.create(
                batch=batch,
                enrollment=person,
                kind="changed",
                version_after=2,
                region_path=person.region_path,
                insurer=person.insurer,
            )
    text = page(login(cast.clerk), person)
    assert ("本镇名册" in text, "全县名册" in text) == (True, False)
    assert "全县名册" in page(login(cast.authority), person)


def test_the_head_stands_first_and_who_was_taken_out_last(cast: Cast, login) -> None:
    with everything():
        gone = enrol(n=1, name="谭某走")
        Enrollment.objects.filter(pk=gone.pk).update(removed_at="2021-03-01T00:00:00Z", relation="20")
        child = enrol(n=2, name="谭某子")
        Enrollment.objects.filter(pk=child.pk).update(relation="20")
        head = enrol(n=3, name="谭某主")
        Enrollment.objects.filter(pk=head.pk).update(relation="02")
        enrol(n=4, name="别某村", village=villages(OWN)[1])
    claim_in("reported", cast, child)
    text = page(login(cast.clerk), child, "household/")
    at = [text.index(f">{name}</a></th>") for name in ("谭某主", "谭某子", "谭某走")]
    assert at == sorted(at)
    assert "在册 2 人" in text
    assert "别某村" not in text
    assert "本户案件" in text


# --- numbers in clear -----------------------------------------------------------------------------------------------
def reveal(client, person: Enrollment, field: str, reason: str = "电话核对本人", more: str = ""):
    return client.post(f"/roster/person/{person.pk}/reveal/", {"field": field, "reason": reason, "more": more})


def test_a_number_is_shown_once_for_a_reason_on_record(cast: Cast, login) -> None:
    person = enrol(n=1)
    client = login(cast.clerk)
    assert reveal(client, person, "id_number", reason="").status_code == 422
    assert id_number(1) in reveal(client, person, "id_number", more=f"来电 {id_number(1)}").content.decode()
    assert id_number(1) not in page(client, person)
    with everything():
        event = AuditEvent.objects.get(action="secret.reveal")
        assert (event.target_id, event.detail["field"]) == (str(person.pk), "id_number")
        assert event.detail["reason"] == "电话核对本人：来电 ［号码］"


@pytest.mark.parametrize(("reason", "more", "status"), [
    ("", "来电", 422), ("其他", "", 422), ("其他", "  ", 422), ("其他", "换存折", 200), ("上门核对", "", 200),
])  # fmt: skip
def test_a_reason_is_chosen_and_other_is_explained_on_both_pages(
    reason: str, more: str, status: int, cast: Cast, login
) -> None:
    person = enrol(n=1)
    claim, client = claim_in("accepted", cast, person), login(cast.adjuster)
    for address in (f"/roster/person/{person.pk}/", f"/claims/{claim.number}/"):
        shown = client.get(address).content.decode()
        assert '<option value="">请选择</option><option>电话核对本人</option>' in shown
        answer = client.post(f"{address}reveal/", {"field": "id_number", "reason": reason, "more": more})
        assert answer.status_code == status, address
        if status == 422:
            assert "请选择为什么要看明文" in answer.content.decode()
            assert 'id="reveal" open' in answer.content.decode()
            assert '<option value="id_number" selected>' in answer.content.decode()
    with everything():
        reasons = set(AuditEvent.objects.filter(action="secret.reveal").values_list("detail__reason", flat=True))
    assert reasons == ({"：".join(filter(None, (reason, more)))} if status == 200 else set())


def test_accounts_are_for_those_who_pay(cast: Cast, login) -> None:
    person = enrol(n=1)
    assert reveal(login(cast.clerk), person, "account").status_code == 404
    assert account(1) in reveal(login(cast.adjuster), person, "account").content.decode()
    assert reveal(login(cast.auditor), person, "phone").status_code == 404


def test_sixty_an_hour_are_counted_over_people_and_claims_together(cast: Cast, login) -> None:
    person = enrol(n=1)
    claim = claim_in("accepted", cast, person)
    client = login(cast.adjuster)
    for n in range(60):
        address = f"/roster/person/{person.pk}/reveal/" if n % 2 else f"/claims/{claim.number}/reveal/"
        assert client.post(address, {"field": "id_number", "reason": "核对"}).status_code == 200
    assert reveal(client, person, "phone").status_code == 429
    assert client.post(f"/claims/{claim.number}/reveal/", {"field": "id_number", "reason": "核对"}).status_code == 429

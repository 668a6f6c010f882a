"""Nothing personal lies about in clear: not in the database, not in files, logs, sessions or addresses."""

import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from claims.models import Claim
from enrollment.models import (
    Endorsement,
    Enrollment,
    ListedPerson,
    NotEnrolled,
    RosterChange,
    RosterConflict,
    VillageKeeper,
)
from orgs.models import User
from tests.cast import (
    OWN,
    Cast,
    id_number,
    posted,
    read_cast,
    report_of,
    run_waiting_jobs,
    township,
    villages,
)
from tests.ground import everything
from tests.lists.making import csv_of
from tests.roster.books import book_of

HEADER = ("姓名", "身份证号", "乡镇", "村", "联系电话", "开户银行", "银行账号")
PLANTED = {
    "id": id_number(5678), "account": "6217000000000987654", "phone": "10000876543", "illness": "某种少见的重病",
    "payee id": id_number(5679), "payee account": "6217000000000123987", "reporter phone": "10000345678",
    "staff phone": "10000234567", "hospital": "某某专科医院", "listed id": id_number(5680), "keeper phone": "10000456789",
    "why not": "某人得了某种病",
    "typed id": id_number(5682), "right id": id_number(5683), "typed phone": "10000654321", "typed account": "6217000000000456123",
    "added id": id_number(5690), "head id": id_number(5691),
    "added account": "6217000000000555444", "added phone": "10000555444", "corrected account": "6217000000000333222",
}  # fmt: skip


def plant(client, cast: Cast) -> None:
    """Through the pages, as they come in: an upload, a report, a mistake, a search, a person."""
    client.force_login(cast.clerk, backend="orgs.backends.AccountBackend")
    row = (
        "郑某甲",
        PLANTED["id"],
        OWN,
        villages(OWN)[0].name,
        PLANTED["phone"],
        "某农商行",
        PLANTED["account"],
    )
    wrong = (
        "郑某乙",
        PLANTED["payee id"][:-1] + "Y",
        OWN,
        "没有的村",
        PLANTED["phone"],
        "",
        PLANTED["account"] + "号",
    )
    file = SimpleUploadedFile("名册.xlsx", book_of(HEADER, row, wrong))
    batch = client.post("/roster/import/", {"township": township(OWN).pk, "file": file})["Location"]
    run_waiting_jobs()
    client.post(batch + "confirm/", {"only_valid": "yes"})
    run_waiting_jobs()
    plant_again(client, row)
    with everything():
        person = Enrollment.objects.get(name="郑某甲")
    place = {"place": person.village_id, "days": "7"}
    client.post("/prints/notices/", place)
    for paper in ("roster", "notice", "slips", "leaflets"):
        assert client.post(f"/prints/print/{paper}/", place)["Location"].startswith("/prints/files/")
    form = posted(
        report_of(
            "illness_death",
            facts_diagnosis=PLANTED["illness"],
            payee_id_number=PLANTED["payee id"],
            payee_account=PLANTED["payee account"],
            reporter_phone=PLANTED["reporter phone"],
        )
    )
    client.post(f"/claims/new/{person.pk}/", form | {"fact_death_date": "某天"})
    client.post(f"/claims/new/{person.pk}/", form)
    hospital = posted(report_of("accident_medical", facts_hospital=PLANTED["hospital"]))
    client.post(f"/claims/new/{person.pk}/", hospital)
    with everything():
        assert Claim.objects.count() == 2
    type_in(client)
    for address in ("/find/", "/claims/search/", "/roster/search/", "/claims/new/"):
        client.post(address, {"q": PLANTED["id"]})
    _endorse(client, cast, person)
    client.get("/audit/")
    plant_lists(client, cast)
    logging.getLogger("portal").warning("a careless line with %s and %s", PLANTED["id"], PLANTED["account"])
    client.force_login(cast.administrator, backend="orgs.backends.AccountBackend")
    clerk = User.objects.get(pk=cast.clerk.pk)
    body = {
        "name": clerk.name,
        "organization": clerk.organization_id,
        "role": clerk.role,
        "phone": PLANTED["staff phone"],
        "version": clerk.version,
    }
    assert client.post(f"/people/{clerk.pk}/", body).status_code == 302


def _endorse(client, cast: Cast, person: Enrollment) -> None:
    """An addition with a mistake first, and a correction; both in effect."""
    grounds = {"effective_on": "2021-09-01", "reason": "omitted", "reason_text": "", "proof": "村委会证明"}
    added = {
        "name": "郑某丙", "id_number": PLANTED["added id"], "head_id_number": PLANTED["head id"], "village": person.village_id,
        "phone": PLANTED["added phone"], "account": PLANTED["added account"],
    }  # fmt: skip
    client.post("/endorsements/add/", grounds | added | {"effective_on": "某天"})
    client.post("/endorsements/add/", grounds | added)
    corrected = {"name": "郑某甲", "village": person.village_id, "account": PLANTED["corrected account"]}
    client.post(f"/endorsements/correct/{person.pk}/", grounds | corrected | {"reason": "miswritten"})
    client.post("/endorsements/search/", {"q": PLANTED["added id"]})
    with everything():
        asked = list(Endorsement.objects.all())
    client.force_login(cast.adjuster, backend="orgs.backends.AccountBackend")
    for one in asked:
        body = {"version": one.version, "fen": one.premium_fen, "agree": "yes"}
        assert client.post(f"/endorsements/{one.number}/decide/", body).status_code == 302
        assert client.get(f"/endorsements/{one.number}/").status_code == 200
    assert len(asked) == 2
    client.force_login(cast.clerk, backend="orgs.backends.AccountBackend")


def type_in(client) -> None:
    """A mistake in the grid, the row itself, an edit, the ID number put right, another name, a look in clear."""
    row = {"rows": "10", "township": township(OWN).pk, "name-1": "郑某丙", "village-1": villages(OWN)[0].name}
    row |= {
        "id_number-1": PLANTED["typed id"],
        "phone-1": PLANTED["typed phone"] + "号",
        "bank_account-1": PLANTED["typed account"],
    }
    assert client.post("/roster/enter/", row).status_code == 422
    assert client.post("/roster/enter/", row | {"phone-1": PLANTED["typed phone"]}).status_code == 302
    with everything():
        person = Enrollment.objects.get(name="郑某丙")
    address = f"/roster/person/{person.pk}/"
    edited = {"name": "郑某丙", "village": person.village.name, "bank_account": PLANTED["account"], "version": 1}
    assert client.post(f"{address}edit/", edited).status_code == 302
    right = {"number": PLANTED["right id"], "reason": "typing", "proof": f"户口簿 {PLANTED['right id']}", "version": 2}
    assert client.post(f"{address}correct-id/", right).status_code == 302
    renamed = edited | {"name": "郑某饼", "version": 3}  # waits for the county
    assert client.post(f"{address}edit/", renamed).status_code == 302
    client.post(f"{address}reveal/", {"field": "id_number", "reason": "核对", "more": PLANTED["right id"]})


def plant_lists(client, cast: Cast) -> None:
    """A members list of the authority's; the clerk's note on somebody who is not enrolled, and a keeper's telephone."""
    home = villages(OWN)[0]
    client.force_login(cast.authority, backend="orgs.backends.AccountBackend")
    file = SimpleUploadedFile("名单.csv", csv_of(("应某保", PLANTED["listed id"], OWN, home.name, "")))
    told = {"kind": "members", "title": "某名单", "as_of": "2021-06-30", "source": "某局"}
    client.post("/person-lists/", told | {"file": file})
    run_waiting_jobs()
    client.force_login(cast.clerk, backend="orgs.backends.AccountBackend")
    with everything():
        listed = ListedPerson.objects.get()
    client.post(f"/unenrolled/{listed.pk}/", {"reason": "other", "note": PLANTED["why not"]})
    keeper = {"village": home.pk, "kind": "village", "name": "专某干", "phone": PLANTED["keeper phone"]}
    client.post("/progress/keepers/", keeper)
    client.get("/unenrolled/")
    with everything():
        assert (NotEnrolled.objects.count(), VillageKeeper.objects.count()) == (1, 1)


def plant_again(client, row: tuple[str, ...]) -> None:
    """The same person in another village, then under another name: what stood there before is kept, and waits."""
    moved = (*row[:3], villages(OWN)[1].name, *row[4:])
    for number, again in enumerate((moved, ("郑某异", *moved[1:]))):
        file = SimpleUploadedFile(f"又{number}.xlsx", book_of(HEADER, again))
        batch = client.post("/roster/import/", {"township": township(OWN).pk, "file": file})["Location"]
        run_waiting_jobs()
        client.post(batch + "confirm/", {"only_valid": "yes"})
        run_waiting_jobs()
    with everything():
        assert RosterChange.objects.get(kind="changed").account.reveal() == PLANTED["account"]
        assert RosterConflict.objects.get().account.reveal() == PLANTED["account"]


def raw_database() -> bytes:
    """Everything that the database holds, as bytes: the file with its log, or every table's text."""
    if connection.vendor == "sqlite":
        connection.close()  # what is still in memory goes to the log
        path = Path(connection.settings_dict["NAME"])
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    parts = []
    with everything(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            parts += [row[0] for row in cursor.fetchall()]
    return "\n".join(parts).encode()


@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_planted_is_found_in_clear(client, caplog: pytest.LogCaptureFixture, capfd) -> None:
    kept_before = set(Path(settings.FILES_DIR).rglob("*")) if Path(settings.FILES_DIR).exists() else set()
    plant(client, read_cast())
    everywhere = {
        "database": raw_database(),
        "files": b"".join(
            f.read_bytes() for f in Path(settings.FILES_DIR).rglob("*") if f.is_file() and f not in kept_before
        ),
        "screen": "".join(capfd.readouterr()).encode(),
    }
    found = [
        f"{name} in {place}"
        for place, content in everywhere.items()
        for name, value in PLANTED.items()
        if value.encode() in content or value.encode("utf-16-le") in content or value.encode().hex().encode() in content
    ]
    assert everywhere["files"]
    assert "careless line" in everywhere["screen"].decode() + caplog.text
    assert found == []


@pytest.mark.django_db(transaction=True)
def test_the_sweep_would_find_what_is_in_clear(client) -> None:
    """Names stay in clear; if the sweep missed even those, it would prove nothing."""
    plant(client, read_cast())
    content = raw_database()
    assert "郑某甲".encode() in content


def test_the_blind_index_is_keyed(cast: Cast, settings) -> None:
    """Whoever copies the database can't try all ID numbers without the key."""
    from config.keys import new_field_keys
    from orgs.crypto import blind_index

    one = blind_index(id_number(1))
    settings.FIELD_KEYS = new_field_keys()
    assert blind_index(id_number(1)) != one


def test_a_ciphertext_opens_in_its_own_column_only(cast: Cast) -> None:
    from orgs.crypto import CannotOpen, open_sealed, seal

    sealed = seal(b"plain", context="claims_claim.payee_account")
    assert open_sealed(sealed, context="claims_claim.payee_account") == b"plain"
    for wrong in ("claims_claim.id_number", "enrollment_enrollment.account"):
        with pytest.raises(CannotOpen):
            open_sealed(sealed, context=wrong)
    with pytest.raises(CannotOpen):
        open_sealed(sealed[:-1] + bytes([sealed[-1] ^ 1]), context="claims_claim.payee_account")

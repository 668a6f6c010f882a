"""What every answer carries, how logging in is guarded, and that masks leave nothing to guess."""

import re
from datetime import date

import pytest
from django.test import Client

from orgs.models import AuditEvent, User
from tests.cast import PASSWORD, Cast, account, claim_in, enrol, id_number
from tests.ground import everything

PAGES = {
    "clerk": (
        "/",
        "/roster/",
        "/roster/import/",
        "/claims/",
        "/claims/new/",
        "/jobs/",
        "/editions/",
        "/help/",
        "/password/",
    ),
    "finance": ("/premiums/wanzhou-2021/",),
    "administrator": ("/people/", "/people/new/", "/organizations/", "/regions/", "/lists/people/import/"),
    "auditor": ("/audit/",),
}


def check_headers(response) -> None:
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "no-store" in response["Cache-Control"]
    assert (response["X-Content-Type-Options"], response["X-Frame-Options"]) == ("nosniff", "DENY")
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("actor", PAGES)
def test_every_page_carries_its_guards_and_nothing_inline(cast: Cast, login, actor: str) -> None:
    client = login(getattr(cast, actor))
    for address in (*PAGES[actor], "/no-such-page/"):
        response = client.get(address)
        check_headers(response)
        page = response.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", page), address


def test_the_login_page_carries_them_too(client: Client, db: None) -> None:
    check_headers(client.get("/login/"))
    cookie = client.get("/login/").cookies["csrftoken"]
    assert cookie["samesite"] == "Lax"


def test_a_session_cookie_is_not_for_scripts(cast: Cast, client: Client) -> None:
    client.post("/login/", {"username": "clerk", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_errors_tell_nothing_but_a_trace(cast: Cast, login, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.views.workbench_of", lambda *_: 1 / 0)
    client = login(cast.clerk)
    client.raise_request_exception = False
    response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 500
    assert response["X-Trace"] in page
    assert "ZeroDivisionError" not in page
    assert "Traceback" not in page


# --- logging in -------------------------------------------------------------------------------------------------
def log_in(client: Client, username: str = "clerk", password: str = PASSWORD, **more):
    return client.post("/login/", {"username": username, "password": password}, **more)


def test_a_login_is_on_record_and_its_session_is_new(cast: Cast, client: Client) -> None:
    client.get("/login/")
    assert log_in(client, " Clerk ").status_code == 302
    with everything():
        assert AuditEvent.objects.filter(action="session.login", actor=cast.clerk).count() == 1
    assert client.get("/").status_code == 200


def test_wrong_name_wrong_password_and_disabled_read_alike(cast: Cast, client: Client) -> None:
    pages = [log_in(client, *pair) for pair in (("nobody", "x"), ("clerk", "x"), ("disabled", PASSWORD))]
    sentences = {re.search(r"账号或密码不对[^<]*", page.content.decode()).group() for page in pages}
    assert len(sentences) == 1


def test_five_wrong_passwords_lock_for_a_while_from_that_place_only(cast: Cast) -> None:
    thief, colleague = Client(REMOTE_ADDR="10.0.0.9"), Client(REMOTE_ADDR="10.0.0.1")
    for _ in range(5):
        last = log_in(thief, password="错")
    assert last.status_code == 429
    assert log_in(thief).status_code == 429
    assert log_in(colleague).status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(cast: Cast, login) -> None:
    User.objects.filter(pk=cast.clerk.pk).update(must_change_password=True)
    client = login(cast.clerk)
    assert client.get("/claims/")["Location"] == "/password/"
    new = {"current": PASSWORD, "new": "又一句好记的新密码2022", "again": "又一句好记的新密码2022"}
    assert client.post("/password/", new).status_code == 302
    assert client.get("/claims/").status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [("短", "短", "至少 12 位"), ("一二一二一二一二一二一二", "一二一二一二一二一二一二", "字符太单一"),
     ("这句密码里有clerk这个账号", "这句密码里有clerk这个账号", "不能包含账号"), ("甲乙丙丁戊己庚辛壬癸子丑", "不一样", "不一样")],
)  # fmt: skip
def test_a_poor_password_is_refused_with_a_sentence(cast: Cast, login, new: str, again: str, sentence: str) -> None:
    answer = login(cast.clerk).post("/password/", {"current": PASSWORD, "new": new, "again": again})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_a_reset_password_ends_all_sessions(cast: Cast) -> None:
    clerk, admin = Client(), Client()
    clerk.force_login(cast.clerk, backend="orgs.backends.AccountBackend")
    admin.force_login(cast.administrator, backend="orgs.backends.AccountBackend")
    admin.post(f"/people/{cast.clerk.pk}/reset/")
    assert clerk.get("/")["Location"].startswith("/login/")


def test_the_last_administrator_stays(cast: Cast, login) -> None:
    User.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    client = login(cast.administrator)
    client.post(f"/people/{cast.administrator.pk}/switch/", {"active": "no"})
    assert User.objects.get(pk=cast.administrator.pk).is_active


def test_two_who_edit_one_person(cast: Cast, login) -> None:
    """The second is told, and what they typed is still there."""
    client, target = login(cast.administrator), cast.certifier
    body = {
        "name": "改某一",
        "organization": target.organization_id,
        "role": target.role,
        "phone": "",
        "version": target.version,
    }
    assert client.post(f"/people/{target.pk}/", body).status_code == 302
    second = client.post(f"/people/{target.pk}/", body | {"name": "改某二"})
    assert second.status_code == 409
    assert "改某二" in second.content.decode()
    assert User.objects.get(pk=target.pk).name == "改某一"


# --- the first run ----------------------------------------------------------------------------------------------
def test_the_first_run_page_is_gone_once_there_is_somebody(cast: Cast, client: Client) -> None:
    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", {}).status_code == 404


def test_healthz_needs_nobody(client: Client, db: None) -> None:
    assert client.get("/healthz").content == b"ok"


# --- masks ------------------------------------------------------------------------------------------------------
def test_no_page_shows_a_mask_beside_a_whole_birth_date(cast: Cast, login) -> None:
    """Mask and birth date together would leave a handful of numbers to try."""
    born = date(1985, 3, 17)
    person = enrol(n=3, born=born)
    claim = claim_in("in_approval", cast, person)
    client = login(cast.clerk)
    client.post("/roster/search/", {"q": person.name})
    pages = [
        "/roster/",
        "/claims/",
        f"/claims/{claim.number}/",
        f"/claims/new/{person.pk}/?coverage=student_critical_illness",
    ]
    for address in pages:
        page = client.get(address).content.decode()
        assert "************" in page, address
        assert id_number(3, born=born) not in page
        assert account(3) not in page
        for shown in ("1985-03-17", "19850317", "1985年3月17日", "1985/3/17"):
            assert shown not in page, (address, shown)

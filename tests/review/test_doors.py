"""Login, sessions, logs, headers, first run: the doors beside the pages."""

import io
import logging
import time
from contextlib import suppress
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from claims.services.papers import PaperRefused, _clean, attach_paper
from orgs.logs import PersonalNumbers
from orgs.models import AuditEvent, User
from orgs.scope import acting, scope_of, system_scope
from orgs.services.people import LastAdministrator, set_active
from tests.cast import PASSWORD, Cast, claim_in, enrol, id_number, photo, report
from tests.roster.books import book_of

pytestmark = pytest.mark.django_db


def test_no_log_line_holds_a_personal_number_even_in_its_traceback() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(PersonalNumbers())
    logger = logging.getLogger("tests.review")
    logger.addHandler(handler)
    try:
        raise ValueError(f"证件 {id_number(7)} 有误")
    except ValueError:
        logger.exception("row of %s failed", id_number(8))
    finally:
        logger.removeHandler(handler)
    assert "Traceback" in out.getvalue()
    assert id_number(7) not in out.getvalue()
    assert id_number(8) not in out.getvalue()


@pytest.mark.parametrize("name", ["clerk", "CLERK", " clerk ", "Clerk", "clerk\t", "ｃｌｅｒｋ"])
def test_no_spelling_of_a_name_gets_round_the_lock(cast: Cast, client: Client, name: str) -> None:
    for spelling in ("clerk", "CLERK", " clerk", "Clerk ", "cLerk"):
        client.post("/login/", {"username": spelling, "password": "不对的密码"})
    answer = client.post("/login/", {"username": name, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert answer.status_code in {200, 422, 429}


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)"])
def test_login_leads_nowhere_else(cast: Cast, client: Client, target: str) -> None:
    answer = client.post(f"/login/?next={target}", {"username": "clerk", "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert "example" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_login_changes_the_session_and_logout_wants_post(cast: Cast, client: Client) -> None:
    client.get("/login/")
    client.session["x"] = 1
    before = client.session.session_key
    client.post("/login/", {"username": "clerk", "password": PASSWORD})
    assert client.session.session_key != before
    assert client.get("/logout/").status_code == 405
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("address", ["/", "/people/", "/static/../people/", "//people/", "/password/../people/"])
def test_a_password_to_be_changed_comes_first(cast: Cast, login, address: str) -> None:
    User.objects.filter(pk=cast.administrator.pk).update(must_change_password=True)
    answer = login(cast.administrator).get(address)
    assert (answer.status_code, answer.headers.get("Location")) in {(302, "/password/"), (404, None)}


def test_the_last_administrator_of_a_county_is_not_saved_by_another_countys(cast: Cast) -> None:
    """Nobody of another county could let anybody in here."""
    with pytest.raises(LastAdministrator):
        set_active(user=cast.administrator, active=False, by=cast.administrator)


def test_secrets_of_a_report_stay_out_of_session_audit_and_messages(cast: Cast, login) -> None:
    person = enrol()
    client = login(cast.clerk)
    client.post("/claims/search/", {"q": id_number(1)})
    client.post("/roster/search/", {"q": id_number(1)})
    assert id_number(1) not in str(dict(client.session))
    claim_in("paid", cast, person)
    with system_scope("tests look"):
        said = str(list(AuditEvent.objects.values_list("detail", "target", "actor_name")))
    assert id_number(1) not in said
    assert "6217000000000" not in said


@cache
def camera_photo() -> bytes:
    """A photo with what a telephone writes beside it: maker, orientation, place."""
    extra = Image.Exif()
    extra[271], extra[274], extra[34853] = "CAM", 6, {1: "N", 2: (1.0, 2.0, 3.0)}
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (5, 80, 200)).save(out, "JPEG", exif=extra)
    return out.getvalue()


def odd_photos() -> dict[str, bytes]:
    whole = photo()
    palette = io.BytesIO()
    Image.new("P", (8, 8)).save(palette, "PNG")
    animated = io.BytesIO()
    frames = [Image.new("RGBA", (8, 8), (n, 0, 0, 128)) for n in range(3)]
    frames[0].save(animated, "WEBP", save_all=True, append_images=frames[1:])
    wide = io.BytesIO()
    Image.new("I;16", (8, 8)).save(wide, "PNG")
    return {
        "cut": whole[: len(whole) // 2], "head only": whole[:20], "palette": palette.getvalue(),
        "animated": animated.getvalue(), "16 bit": wide.getvalue(), "tail": whole + b"<script>alert(1)</script>",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(odd_photos()))
def test_an_odd_photo_is_kept_or_refused_in_a_sentence(cast: Cast, name: str) -> None:
    claim = report(enrol(), cast.clerk)
    with acting(scope_of(cast.clerk)):
        content = odd_photos()[name]
        with suppress(PaperRefused):
            paper = attach_paper(claim=claim, kind="id_and_account", name="x.jpg", content=content, by=cast.clerk)
            assert paper.file.content_type == "image/jpeg"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of the data that it skips
@pytest.mark.parametrize("value", [0, 1, 2, 7, 255])
def test_one_wrong_byte_in_a_photo_is_never_more_than_a_refusal(value: int) -> None:
    """Pillow's reader of EXIF raises whatever its parts raise: struct.error, TypeError."""
    whole = camera_photo()
    for at in range(20, 180):
        content = bytearray(whole)
        content[at] = value
        with suppress(PaperRefused):
            assert _clean("x.jpg", bytes(content))[1] == "image/jpeg"


def test_a_page_with_html_in_a_name_shows_it_as_text(cast: Cast, login) -> None:
    claim = claim_in("reported", cast, enrol(name="<script>某</script>"))
    client = login(cast.clerk)
    for address in (f"/claims/{claim.number}/", "/claims/", "/roster/", "/"):
        assert "<script>某" not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "10.9.9.9", "127.0.0.1"),  # nobody is trusted to say where somebody comes from
        (1, "10.9.9.9", "10.9.9.9"),
        (1, "1.2.3.4, 10.9.9.9", "10.9.9.9"),  # what the browser said of itself is passed over
        (2, "1.2.3.4, 10.9.9.9, 10.0.0.1", "10.9.9.9"),
        (1, "", "127.0.0.1"),
        (1, "unknown", "127.0.0.1"),
        (2, "10.9.9.9", "127.0.0.1"),
    ],
)
def test_the_address_behind_a_proxy_is_the_persons(
    cast: Cast, client: Client, settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.PROXIES = proxies
    form = {"username": "clerk", "password": PASSWORD}
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client.post("/login/", form, headers=headers).status_code == 302
    with system_scope("tests look"):
        assert AuditEvent.objects.latest("pk").ip == address


def test_nobody_locks_a_colleague_out_through_the_proxy(cast: Cast, client: Client, settings) -> None:
    settings.PROXIES = 1
    for _ in range(6):
        wrong = {"username": "clerk", "password": "不对的密码"}
        client.post("/login/", wrong, headers={"X-Forwarded-For": "10.9.9.9"})
    right = {"username": "clerk", "password": PASSWORD}
    assert client.post("/login/", right, headers={"X-Forwarded-For": "10.9.9.9"}).status_code == 429
    assert client.post("/login/", right, headers={"X-Forwarded-For": "10.8.8.8"}).status_code == 302


def test_a_session_ends_after_a_working_day_however_busy(cast: Cast, login, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that asks for progress every two seconds would keep an abandoned one open for ever."""
    client: Client = login(cast.clerk)
    started = time.time()
    for hours, status in ((0, 200), (5, 200), (9.9, 200), (10.1, 302)):
        monkeypatch.setattr("orgs.middleware.now", lambda at=started + hours * 3600: at)
        assert client.get("/").status_code == status, hours
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("by_list", [False, True])
def test_an_organization_keeps_its_kind_while_its_people_have_the_roles_of_it(cast: Cast, login, by_list: bool) -> None:
    """People of a township in an insurer's office, or the reverse: roles that the people page would refuse."""
    office, client = cast.clerk.organization, login(cast.administrator)
    if by_list:
        rows = (
            ("名称", "简称", "类别", "所在区划", "报案电话"),
            (office.name, office.short_name, "承保机构", office.region.name, ""),
        )
        answer = client.post("/lists/organizations/import/", {"file": SimpleUploadedFile("名单.xlsx", book_of(*rows))})
    else:
        form = {"kind": "insurer", "name": office.name, "short_name": office.short_name, "active": "on"}
        form |= {"region": office.region_id, "read_version": office.version}
        answer = client.post(f"/organizations/{office.pk}/", form)
    assert answer.status_code == 422
    assert "先给他们改机构" in answer.content.decode()
    office.refresh_from_db()
    assert office.kind == "township"

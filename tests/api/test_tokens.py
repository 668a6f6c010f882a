"""Tokens: what they open, what ends them, and that their secrets are nowhere."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from orgs.models import ApiToken, AuditEvent, Role, User
from orgs.services.people import RoleDoesNotFit
from orgs.services.tokens import make_token, revoke_token
from tests.api.calling import Program, is_problem, program_of, token_for
from tests.cast import PASSWORD, Cast
from tests.ground import everything
from tests.test_query_counts import asked


def test_a_token_opens_what_its_role_opens(cast: Cast) -> None:
    for person in (
        cast.clerk,
        cast.adjuster,
        cast.approver,
        cast.finance,
        cast.certifier,
        cast.authority,
        cast.auditor,
    ):
        assert program_of(person, cast.administrator).get("editions/").json()["count"] == 1, person.role


def test_a_role_without_the_act_finds_no_such_address(cast: Cast) -> None:
    for person in (cast.finance, cast.certifier):
        is_problem(program_of(person, cast.administrator).post("quotes/", {}), 404)


def test_revoked_expired_wrong_and_none_are_told_alike(cast: Cast) -> None:
    revoked, expired, disabled = (token_for(cast.clerk, cast.administrator) for _ in range(3))
    revoke_token(token=revoked.token, by=cast.administrator)
    ApiToken.objects.filter(pk=expired.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    User.objects.filter(pk=disabled.token.account_id).update(is_active=False)
    headers = [f"Bearer {one.secret}" for one in (revoked, expired, disabled)]
    headers += [
        "Bearer wrong",
        "Bearer",
        "",
        "Basic Y2xlcms6eA==",
        f"Token {revoked.secret}",
        "Bearer \ud800",
        "Bearer 万州",
    ]
    said = {is_problem(Program(Authorization=header).get("editions/"), 401)["detail"] for header in headers}
    assert len(said) == 1


def test_a_token_holds_until_its_last_moment(cast: Cast) -> None:
    made = token_for(cast.clerk, cast.administrator)
    ApiToken.objects.filter(pk=made.token.pk).update(expires_at=timezone.now() + timedelta(minutes=1))
    assert Program(made.secret).get("editions/").status_code == 200


def test_a_wrong_token_does_not_fall_back_to_the_session(cast: Cast, login) -> None:
    client = login(cast.clerk)
    assert client.get("/api/v1/editions/").status_code == 200
    is_problem(client.get("/api/v1/editions/", headers={"Authorization": "Bearer wrong"}), 401)


def test_a_token_is_its_account_and_not_the_session_beside_it(cast: Cast, login) -> None:
    client, secret = login(cast.administrator), token_for(cast.clerk, cast.administrator).secret
    assert client.post("/api/v1/quotes/batch/", {"quotes": []}, content_type="application/json").status_code == 404
    bearer = {"Authorization": f"Bearer {secret}"}
    answer = client.post("/api/v1/quotes/batch/", {"quotes": []}, content_type="application/json", headers=bearer)
    assert answer.status_code == 200


def test_a_token_opens_no_page(cast: Cast) -> None:
    made = token_for(cast.clerk, cast.administrator)
    response = Client().get("/editions/", headers={"Authorization": f"Bearer {made.secret}"})
    assert response["Location"].startswith("/login/")


def test_a_token_leaves_no_session(cast: Cast) -> None:
    response = program_of(cast.clerk, cast.administrator).get("editions/")
    assert not response.cookies


def test_its_account_cannot_log_in_nor_be_given_a_password(cast: Cast, login) -> None:
    account = token_for(cast.clerk, cast.administrator).token.account
    for password in ("", PASSWORD, "!", account.password):
        page = Client().post("/login/", {"username": account.username, "password": password})
        assert page.status_code == 200
    admin = login(cast.administrator)
    assert account.username not in admin.get("/people/?size=100").content.decode()
    for address in (f"/people/{account.pk}/", f"/people/{account.pk}/reset/", f"/people/{account.pk}/switch/"):
        assert admin.post(address, {}).status_code == 404


def test_the_secret_is_shown_once_and_kept_nowhere(cast: Cast, login) -> None:
    client = login(cast.administrator)
    office = cast.adjuster.organization
    form = {"name": "某核心系统", "organization": office.pk, "role": "adjuster", "days": "90"}
    page = client.post("/tokens/new/", form)
    secret = page.context["secret"]
    assert page.content.decode().count(secret) == 1
    assert Program(secret).get("editions/").status_code == 200
    assert secret not in client.get("/tokens/").content.decode()
    with everything(), connection.cursor() as cursor:
        for table in ("orgs_apitoken", "orgs_user", "orgs_auditevent", "django_session"):
            cursor.execute(f"SELECT * FROM {table}")
            assert secret not in str(cursor.fetchall()), table
    token = ApiToken.objects.get()
    assert (token.account.organization, token.account.role, token.ending) == (office, "adjuster", secret[-4:])
    assert timedelta(days=89) < token.expires_at - timezone.now() <= timedelta(days=90)


def test_making_and_revoking_are_on_record(cast: Cast, login) -> None:
    token = token_for(cast.adjuster, cast.administrator).token
    client = login(cast.administrator)
    for _ in range(2):  # the second time changes nothing
        assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 302
    with everything():
        events = AuditEvent.objects.filter(action__startswith="token.").order_by("pk")
        assert [(event.action, event.actor, event.target) for event in events] == [
            ("token.make", cast.administrator, "某系统"),
            ("token.revoke", cast.administrator, "某系统"),
        ]
        assert events[0].detail["role"] == "adjuster"
    assert "已撤销" in client.get("/tokens/").content.decode()


@pytest.mark.parametrize("change", [
    {"name": ""}, {"name": "长" * 41}, {"organization": ""}, {"organization": "999999999"}, {"role": ""}, {"role": "administrator"},
    {"role": "clerk"}, {"role": "king"}, {"days": ""}, {"days": "100000"}, {"days": "x"}, {"days": "0"}, {"name": "\0"},
])  # fmt: skip
def test_a_token_that_does_not_fit_is_not_made(change: dict[str, str], cast: Cast, login) -> None:
    form = {
        "name": "某核心系统",
        "organization": cast.adjuster.organization_id,
        "role": "adjuster",
        "days": "90",
    } | change
    response = login(cast.administrator).post("/tokens/new/", form)
    assert response.status_code == (400 if change == {"name": "\0"} else 422)
    assert not ApiToken.objects.exists()


def test_no_token_has_the_administrators_role(cast: Cast) -> None:
    with pytest.raises(RoleDoesNotFit):
        make_token(
            name="某",
            organization=cast.administrator.organization,
            role=Role.ADMINISTRATOR,
            days=1,
            by=cast.administrator,
        )


def test_another_countys_administrator_sees_and_revokes_none(cast: Cast, login) -> None:
    token = token_for(cast.adjuster, cast.administrator).token
    stranger = login(cast.stranger)
    assert "某系统" not in stranger.get("/tokens/").content.decode()
    assert stranger.post(f"/tokens/{token.pk}/revoke/").status_code == 404
    form = {"name": "某核心系统", "organization": cast.adjuster.organization_id, "role": "adjuster", "days": "90"}
    assert stranger.post("/tokens/new/", form).status_code == 422
    token.refresh_from_db()
    assert token.revoked_at is None
    assert ApiToken.objects.count() == 1


def test_the_last_use_is_noted_now_and_then(cast: Cast) -> None:
    made = token_for(cast.clerk, cast.administrator)
    program = Program(made.secret)
    program.get("editions/")
    first = ApiToken.objects.get().last_used_at
    assert timezone.now() - first < timedelta(minutes=1)
    program.get("editions/")
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(hours=1))
    program.get("editions/")
    assert ApiToken.objects.get().last_used_at >= first


def test_the_list_asks_no_more_for_more_tokens(cast: Cast, login) -> None:
    client = login(cast.administrator)
    token_for(cast.adjuster, cast.administrator)
    client.get("/tokens/")
    few = asked(client, "/tokens/")
    for person in (cast.clerk, cast.finance, cast.authority, cast.auditor):
        token_for(person, cast.administrator)
    assert (few, asked(client, "/tokens/")) == (5, 5)

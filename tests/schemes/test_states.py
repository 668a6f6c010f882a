"""How an edition stands: a recorded decision raises a limit, and nothing raises it by itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from claims.history import edition_state
from orgs.models import AuditEvent, Role
from premiums.bills import billed_total
from schemes.models import Edition, EditionState
from schemes.rules.payout import quote
from schemes.services import EditionRefused, record_state
from schemes.states import recorded_states, words_on_states
from tests.cast import Cast
from tests.ground import everything
from tests.premiums.conftest import CITY, EDITIONS, Somebody, liaocheng, publish, somebody  # noqa: F401

CODE = "major_disaster_declared"
PAGE = "/editions/liaocheng-2022/"
PAPER = {"document_number": "聊应急〔2022〕某号", "decided_on": date(2022, 8, 1), "reason": "某次洪涝灾害"}
POSTED = {f"state_{CODE}": "yes"} | PAPER | {"decided_on": "2022年8月1日"}


def decide(edition: Edition, by, value: object = True, **changes) -> EditionState:
    return record_state(edition=edition, code=CODE, value=value, by=by, **PAPER | changes)


@pytest.fixture
def authority(somebody: Somebody):  # noqa: F811
    return somebody(Role.AUTHORITY, CITY)


def test_what_nobody_has_decided_is_no_and_the_explanation_says_so(liaocheng: Edition) -> None:  # noqa: F811
    assert edition_state(liaocheng, liaocheng.terms) == {CODE: False, "premium_total": Decimal("0.00")}
    words = words_on_states(liaocheng, liaocheng.terms, "personal_injury")
    assert words == ["已决定按重特大灾害上浮限额：尚未作出决定，按“否”计算"]


def test_a_decision_raises_the_limit(liaocheng: Edition, authority) -> None:  # noqa: F811
    decide(liaocheng, authority)
    state = recorded_states(liaocheng, liaocheng.terms) | {"premium_total": "10000.00"}
    paid = [{"coverage": "personal_injury", "amount": "150000.00", "same_county": True, "same_event": True}]
    facts = {"event": "death", "peril": "drowning"}
    assert (
        quote(liaocheng.terms, "personal_injury", facts, edition_paid_before=paid, edition_state=state).payable
        == 30_000
    )
    undecided = state | {CODE: False}
    assert not quote(
        liaocheng.terms, "personal_injury", facts, edition_paid_before=paid, edition_state=undecided
    ).payable
    words = words_on_states(liaocheng, liaocheng.terms, "personal_injury")
    assert words == ["已决定按重特大灾害上浮限额：是（聊应急〔2022〕某号，2022-08-01 决定）"]


def test_the_latest_record_counts_and_the_former_stay(liaocheng: Edition, authority) -> None:  # noqa: F811
    decide(liaocheng, authority)
    decide(liaocheng, authority)  # pressed twice
    decide(liaocheng, authority, value=False, document_number="聊应急〔2022〕又一号")
    assert [one.value for one in liaocheng.states.order_by("id")] == ["yes", "no"]
    assert recorded_states(liaocheng, liaocheng.terms) == {CODE: False}
    with everything():
        events = AuditEvent.objects.filter(action="edition.state").order_by("id")
        assert [event.detail["former"] for event in events] == ["", "yes"]


def test_the_database_keeps_what_was_recorded(liaocheng: Edition, authority) -> None:  # noqa: F811
    made = decide(liaocheng, authority)
    for change in (lambda: EditionState.objects.filter(pk=made.pk).update(value="no"), made.delete):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "premium_total", "value": "1.00"}, "不用登记"),
        ({"code": "no_such_state"}, "没有声明情况"),
        ({"value": "maybe"}, "应是“是”或“否”"),
        ({"value": ""}, "请填「已决定按重特大灾害上浮限额」"),
        ({"document_number": " "}, "请填决定文号"),
        ({"reason": ""}, "请写明原因"),
        ({"decided_on": timezone.localdate() + timedelta(days=1)}, "还没有到"),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence(
    liaocheng: Edition,  # noqa: F811
    authority,
    changes: dict,
    sentence: str,
) -> None:
    with pytest.raises(EditionRefused, match=sentence):
        record_state(**{"edition": liaocheng, "code": CODE, "value": True, "by": authority} | PAPER | changes)
    assert not liaocheng.states.exists()


def test_nobody_else_decides(liaocheng: Edition, cast: Cast, somebody: Somebody) -> None:  # noqa: F811
    for stranger in (cast.authority, somebody(Role.FINANCE, CITY)):
        with pytest.raises(EditionRefused, match="不能办理"):
            decide(liaocheng, stranger)


def test_the_page_shows_and_records_it(liaocheng: Edition, authority, login) -> None:  # noqa: F811
    client = login(authority)
    before = client.get(PAGE).content.decode()
    assert "否（尚未作出决定）" in before
    assert "登记“已决定按重特大灾害上浮限额”" in before
    assert "登记“保费总额”" not in before
    wrong = client.post(f"{PAGE}states/{CODE}/", POSTED | {"reason": ""})
    assert (wrong.status_code, "聊应急〔2022〕某号" in wrong.content.decode()) == (422, True)
    assert "请写明原因" in wrong.content.decode()
    assert client.post(f"{PAGE}states/{CODE}/", POSTED).status_code == 302
    after = client.get(PAGE).content.decode()
    assert "某次洪涝灾害" in after
    assert "尚未作出决定" not in after
    assert client.post(f"{PAGE}states/premium_total/", POSTED).status_code == 404
    tried = client.get(f"{PAGE}try/?coverage=personal_injury").content.decode()
    assert '<option value="yes" selected' in tried


def test_the_total_premium_is_what_was_billed(liaocheng: Edition, authority, login) -> None:  # noqa: F811
    assert edition_state(liaocheng, liaocheng.terms)["premium_total"] == billed_total(liaocheng)
    assert "0.00 元" in login(authority).get(PAGE).content.decode()

"""The allocation sheet, its proofs, the bills and the workbook: everything agrees to the fen."""

import io
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from openpyxl import load_workbook

from calc.capital import capital_amount
from enrollment.models import Enrollment, VillageTotal
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from premiums.allocation import allocation_of
from premiums.bills import Billed, billed_so_far, issue_bills
from premiums.checks import reconcile
from premiums.ledger import Account, Unbalanced, post
from premiums.models import LedgerEntry, LedgerTransaction, PremiumBill
from premiums.sheets import allocation_workbook, sheet_data
from schemes.models import Edition
from tests.cast import FAR, NEAR, OWN, Cast, enrol
from tests.ground import everything

ROSTER = {OWN: 3, NEAR: 2, FAR: 4}
RATE = 13_000  # fen


@pytest.fixture
def roster(cast: Cast) -> None:
    for number, (place, persons) in enumerate(ROSTER.items()):
        for n in range(persons):
            enrol(place, number * 10 + n, household=f"H{n // 2}")


def bill(edition: Edition, cast: Cast) -> Billed:
    with acting(scope_of(cast.finance)):
        return issue_bills(edition=edition, by=cast.finance)


def checks(edition: Edition, cast: Cast) -> dict[str, bool]:
    with acting(scope_of(cast.finance)):
        sheet = allocation_of(edition, cast.finance)
        found = reconcile(edition, sheet, cast.finance, billed_so_far(edition, cast.finance))
    return {check.name: check.holds for check in found}


def test_rows_sums_and_parts(cast: Cast, edition: Edition, roster: None) -> None:
    with acting(scope_of(cast.finance)):
        sheet = allocation_of(edition, cast.finance)
    rows = {row.township: row for row in sheet.rows if row.persons}
    assert {name: (row.persons, row.fen) for name, row in rows.items()} == {
        name: (n, n * RATE) for name, n in ROSTER.items()
    }
    assert len(sheet.rows) == 49
    assert (sheet.persons, sheet.fen) == (9, 9 * RATE)
    assert [(part.townships, part.persons, part.fen) for part in sheet.parts] == [
        (21, 5, 5 * RATE),
        (15, 4, 4 * RATE),
        (13, 0, 0),
    ]
    assert sum(part.fen for part in sheet.parts) == sheet.fen == sum(row.fen for row in sheet.rows)


def test_a_clerk_would_see_their_own_township_only(cast: Cast, edition: Edition, roster: None) -> None:
    with acting(scope_of(cast.clerk)):
        assert allocation_of(edition, cast.clerk).persons == ROSTER[OWN]


def test_the_proofs_hold_once_it_is_billed(cast: Cast, edition: Edition, roster: None) -> None:
    before = checks(edition, cast)
    assert not before["与保费账单相符"]
    bill(edition, cast)
    after = checks(edition, cast)
    assert {name for name, holds in after.items() if not holds} == {"与通知所列人数相符"}  # 9 people, not 106,949


@pytest.mark.parametrize("wrong", ["sum", "roster", "bill"])
def test_a_figure_that_was_tampered_with_shows(cast: Cast, edition: Edition, roster: None, wrong: str) -> None:
    bill(edition, cast)
    with everything():
        if wrong == "sum":
            VillageTotal.objects.filter(township__name=OWN).update(persons=4)
        elif wrong == "roster":
            Enrollment.objects.filter(township__name=OWN).first().delete()
        else:
            PremiumBill.objects.filter(township__name=OWN).update(fen=1)
    found = checks(edition, cast)
    assert found["与保费账单相符" if wrong == "bill" else "与参保名册逐人相符"] is False


def test_billing_twice_bills_once(cast: Cast, edition: Edition, roster: None) -> None:
    assert bill(edition, cast) == Billed(3, 9 * RATE)
    assert bill(edition, cast) == Billed(0, 0)
    with everything():
        assert PremiumBill.objects.aggregate(fen=Sum("fen"))["fen"] == 9 * RATE


def test_a_roster_that_changed_is_billed_by_its_difference(cast: Cast, edition: Edition, roster: None) -> None:
    bill(edition, cast)
    enrol(OWN, 90, household="H9")
    with everything():
        VillageTotal.objects.filter(township__name=FAR).update(persons=3)
    assert bill(edition, cast) == Billed(2, 0)
    with everything():
        bills = list(
            PremiumBill.objects.filter(sequence=2).order_by("fen").values_list("township__name", "persons", "fen")
        )
        sums = LedgerEntry.objects.order_by().values_list("transaction").annotate(fen=Sum("fen"))
        assert {fen for _, fen in sums} == {0}
    assert bills == [(FAR, -1, -RATE), (OWN, 1, RATE)]


def test_a_movement_is_posted_once_and_balances(cast: Cast, edition: Edition, roster: None) -> None:
    bill(edition, cast)
    kind = LedgerTransaction.Kind.PREMIUM_BILL
    with everything():
        one = PremiumBill.objects.first()
        rest = {"kind": kind, "edition": edition, "of": one, "by": cast.finance}
        with pytest.raises(IntegrityError), transaction.atomic():
            post(
                source=f"bill:{one.pk}",
                fen_by_account={Account.PREMIUM_RECEIVABLE: 1, Account.PREMIUM_INCOME: -1},
                **rest,
            )
        for wrong in (
            {Account.PREMIUM_RECEIVABLE: 2, Account.PREMIUM_INCOME: -1},
            {Account.PREMIUM_RECEIVABLE: 0},
        ):
            with pytest.raises(Unbalanced):
                post(source="other", fen_by_account=wrong, **rest)


def cells(content: bytes) -> list[list]:
    sheet = load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows()]


def test_the_workbook_has_values_only_and_its_sums_agree(cast: Cast, edition: Edition, roster: None, login) -> None:
    answer = login(cast.finance).get(f"/premiums/{edition.code}/allocation.xlsx")
    rows = cells(answer.content)
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "inlineStr"}
    table = [[cell.value for cell in row] for row in rows if isinstance(row[0].value, int)]
    subtotals = [row for row in rows if str(row[1].value).startswith("小计")]
    total = next(row for row in rows if row[1].value == "合计")
    assert [row[0] for row in table] == list(range(1, 50))
    for column in (3, 4):
        whole = sum(Decimal(str(row[column])) for row in table)
        assert whole == sum(Decimal(str(row[column].value)) for row in subtotals) == Decimal(str(total[column].value))
    assert total[4].value == 1170
    assert total[4].number_format == "#,##0.00"


def test_text_that_looks_like_a_formula_stays_text(cast: Cast, edition: Edition, roster: None) -> None:
    with acting(scope_of(cast.finance)):
        data = sheet_data(edition, allocation_of(edition, cast.finance), cast.finance)
    data["parts"][0]["insurer"] = '=HYPERLINK("http://x","x")'
    assert {cell.data_type for row in cells(allocation_workbook(data)) for cell in row} <= {
        "s",
        "n",
        "inlineStr",
    }


def test_the_sheet_says_its_sum_in_capitals_everywhere(cast: Cast, edition: Edition, roster: None, login) -> None:
    client = login(cast.finance)
    capital = capital_amount(9 * RATE)
    assert capital == "人民币壹仟壹佰柒拾元整"
    assert capital in client.get(f"/premiums/{edition.code}/").content.decode()
    workbook = cells(client.get(f"/premiums/{edition.code}/allocation.xlsx").content)
    assert any(capital in str(cell.value) for row in workbook for cell in row)


def test_the_same_sheet_has_the_same_check_code(cast: Cast, edition: Edition, roster: None) -> None:
    with acting(scope_of(cast.finance)):
        first = sheet_data(edition, allocation_of(edition, cast.finance), cast.finance)["code"]
        assert sheet_data(edition, allocation_of(edition, cast.finance), cast.authority)["code"] == first
    enrol(OWN, 91, household="H9")
    with acting(scope_of(cast.finance)):
        assert sheet_data(edition, allocation_of(edition, cast.finance), cast.finance)["code"] != first


def test_an_export_is_on_record_with_its_code(cast: Cast, edition: Edition, roster: None, login) -> None:
    login(cast.finance).get(f"/premiums/{edition.code}/allocation.pdf")
    with everything():
        event = AuditEvent.objects.get(action="premium.export")
    assert (event.detail["form"], event.detail["persons"], event.detail["fen"]) == ("pdf", 9, 9 * RATE)


def test_an_empty_sheet_is_not_exported(cast: Cast, edition: Edition, login) -> None:
    client = login(cast.finance)
    assert client.get(f"/premiums/{edition.code}/").status_code == 200
    assert client.get(f"/premiums/{edition.code}/allocation.xlsx").status_code == 404


def test_billing_over_http_twice(cast: Cast, edition: Edition, roster: None, login) -> None:
    client = login(cast.finance)
    pages = [client.post(f"/premiums/{edition.code}/bills/", follow=True).content.decode() for _ in range(2)]
    assert "已出保费账单 3 张，合计 1,170.00 元" in pages[0]
    assert "不用再出账" in pages[1]

"""Numbers that look well and are none: an ID number for an account, and those whose last digits a program lost."""

from collections.abc import Sequence

import pytest

from calc.id_number import IdNumber, check_id_number
from enrollment.roster.checking import CheckReport
from enrollment.roster.fields import Desk, read_bank_account
from enrollment.roster.refusal import RosterRefused
from enrollment.roster.same_account import MANY
from tests.cast import account, id_number
from tests.roster.books import TODAY, book_of, checked, kinds
from tests.roster.county import township, wanzhou

DAZHOU = township(wanzhou(), "大周镇")
HEADER = ("姓名", "身份证号", "村", "银行账号")
NAMES = ("周某甲", "周某乙", "周某丙", "周某丁")


def book(accounts: Sequence[object], numbers: Sequence[str] = ()) -> bytes:
    numbers = numbers or [id_number(n) for n in range(1, len(accounts) + 1)]
    rows = (
        (NAMES[n % 4], number, "铺垭村", one) for n, (number, one) in enumerate(zip(numbers, accounts, strict=True))
    )
    return book_of(HEADER, *rows)


def digits_only(start: int = 1) -> str:
    """An ID number without an X."""
    return next(number for n in range(start, start + 20) if (number := id_number(n)).isdigit())


def test_an_id_number_is_no_account() -> None:
    own = digits_only()
    told, well = checked(book([own, account(2)], [own, id_number(30)]), fixed=DAZHOU)
    assert (kinds(told), well.state) == ([("bank_account", "bank_account_invalid")], "valid")
    assert "身份证号" in told.problems[0].message
    assert own not in told.problems[0].found


def test_nor_is_somebody_elses_nor_one_with_blanks() -> None:
    other = digits_only(50)
    rows = checked(book([other, f"{other[:6]} {other[6:14]} {other[14:]}"]), fixed=DAZHOU)
    assert [kinds(row) for row in rows] == [[("bank_account", "bank_account_invalid")]] * 2


@pytest.mark.parametrize("passbook", ["600101197001010019", "621700000000000001", "500101197013010019"])
def test_an_account_of_eighteen_digits_stays_one(passbook: str) -> None:
    assert not isinstance(check_id_number(passbook, today=TODAY), IdNumber)
    desk = Desk()
    assert (read_bank_account(desk, "bank_account", passbook), desk.problems) == (passbook, [])


def lost(n: int) -> str:
    return f"621700000{n:06d}0000"


def test_accounts_that_all_lost_their_last_digits_refuse_the_file() -> None:
    with pytest.raises(RosterRefused, match=r"「银行账号」有 4 个.*第 2、3、4 行") as refusal:
        checked(book([lost(n) for n in range(1, 5)]), fixed=DAZHOU)
    assert refusal.value.refusal.kind == "digits_lost"


def test_id_numbers_that_all_lost_theirs_do_whether_their_check_digit_fits_or_not() -> None:
    cut = [id_number(n)[:15] + "000" for n in range(900, 4500, 900)]
    with pytest.raises(RosterRefused, match="「身份证号」"):
        checked(book([account(n) for n in range(4)], cut), fixed=DAZHOU)


@pytest.mark.parametrize(
    "accounts",
    [
        [lost(1), lost(2), account(3), account(4)],  # two may be so
        [account(n) if n > 3 else lost(n) for n in range(1, 40)],
        [lost(1), *[""] * 30],
        ["621700000000120", "621700000000130", "621700000000140"],  # no longer than a number keeps
    ],
)
def test_a_few_that_end_so_are_accounts(accounts: list[str]) -> None:
    assert {row.state for row in checked(book(accounts), fixed=DAZHOU)} == {"valid"}


def test_one_that_a_whole_household_has_is_a_single_one() -> None:
    assert {row.state for row in checked(book([lost(1)] * 6), fixed=DAZHOU)} == {"valid"}


def test_one_account_for_many_people_on_end_is_told_over_the_ends_of_chunks() -> None:
    accounts = [account(1)] * 3 + [account(2)] * (MANY - 1) + [""] * 20 + [account(3)] * 1200
    report = CheckReport()
    rows = checked(book(accounts), fixed=DAZHOU, report=report)
    assert {row.state for row in rows} == {"valid"}
    assert report.same_accounts == [("名册", 2 + 3 + MANY - 1 + 20, 1200)]


@pytest.mark.parametrize(("old", "new"), [("银行账号", "新账号"), ("一卡通账号", "现银行账号")])
def test_an_old_and_a_new_account_are_one_too_many(old: str, new: str) -> None:
    with pytest.raises(RosterRefused, match="「银行账号」出现两次"):
        checked(book_of((*HEADER[:3], old, new), ("周某甲", id_number(1), "铺垭村", account(1), account(2))))


def test_an_account_called_the_former_one_is_not_read() -> None:
    (row,) = checked(
        book_of((*HEADER[:3], "原银行账号", "现银行账号"), ("周某甲", id_number(1), "铺垭村", account(1), account(2))),
        fixed=DAZHOU,
    )
    assert row.values.bank_account == account(2)


def test_an_old_and_a_new_id_number_are_one_too_many() -> None:
    with pytest.raises(RosterRefused, match="「身份证号」出现两次"):
        checked(book_of((*HEADER[:3], "新身份证号"), ("周某甲", id_number(1), "铺垭村", id_number(2))))

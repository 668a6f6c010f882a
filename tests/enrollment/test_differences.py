"""The list 变更 of a batch: what stood on the roster beside what comes, before the confirmation and after it."""

import re

from django.utils import timezone

from enrollment.models import Enrollment
from tests.cast import OWN, Cast, id_number, roster_book, uploaded, villages
from tests.enrollment.batches import confirm, confirmed, decided, row, undone, waiting
from tests.ground import everything
from tests.people.test_entering import village_clerk
from tests.roster.books import book_of

HEADER = ("姓名", "身份证号", "乡镇", "村", "组", "户号", "与户主关系", "联系电话", "开户银行", "银行账号")
PLAIN = ("10000000001", "10000000009", "6217000000000001", "6217111100000001", "6217000000000002", "10000000002")


def of(n: int, *values: str, village: int = 0) -> tuple[str, ...]:
    return (*row(n, village=village), *values)


def sheet(*rows: tuple[str, ...]) -> bytes:
    return book_of(HEADER, *rows)


def first(group: str = "1组") -> tuple[str, ...]:
    return (group, "H1", "户主", "10000000001", "某农商行", "6217000000000001")


def told(client, batch) -> dict[str, list[str]]:
    """By name: the changes that the list shows."""
    html = client.get(f"/roster/import/{batch.pk}/?tab=changed").content.decode()
    assert not [number for number in (*PLAIN, id_number(1), id_number(2)) if number in html], "in clear"
    listed = html[html.index('aria-label="逐行结果"') :]
    rows = re.findall(r'name-cell">([^<]+)</th>.*?data-label="原来 → 改成">(.*?)</td>', listed, re.DOTALL)
    return {name: [re.sub(r"<[^>]+>", "", line) for line in cell.split("<br>")] for name, cell in rows}


def test_each_changed_field_stands_beside_what_was_there_and_secrets_are_masked(cast: Cast, login) -> None:
    confirmed(sheet(of(1, *first()), of(2, *first())), cast.clerk)
    again = sheet(
        of(1, "2组", "H1", "户主", "10000000002", "", "6217000000000002", village=1),
        of(2, "1组", "H1", "户主", "10000000009", "某农商行", "6217111100000001"),
    )
    batch = uploaded(again, cast.clerk, name="又.xlsx")
    client, homes = login(cast.clerk), villages(OWN)
    expected = {
        "郑某乙": [
            f"村（社区）：{homes[0].name} → {homes[1].name}",
            "组：1组 → 2组",
            "联系电话：100****0001 → 100****0002",
            "开户银行：某农商行 → （空）",
            "银行账号：**** **** **** 0001 → **** **** **** 0002",
        ],
        "郑某丙": [
            "联系电话：100****0001 → 100****0009",
            "银行账号：**** **** **** 0001 → 改了遮住的几位",
        ],
    }
    assert told(client, batch) == expected
    assert told(client, confirm(batch, cast.clerk)) == expected, "as the batch kept it"


def test_what_changed_since_is_not_told_as_if_the_batch_had_done_it(cast: Cast, login) -> None:
    confirmed(sheet(of(1, *first())), cast.clerk)
    batch = confirmed(sheet(of(1, *first("2组"))), cast.clerk, name="又.xlsx")
    confirmed(sheet(of(1, *first("3组"))), cast.clerk, name="三.xlsx")
    assert "组：1组 → 2组" in told(login(cast.clerk), batch)["郑某乙"]
    waits = uploaded(sheet(of(1, *first("4组"))), cast.clerk, name="四.xlsx")
    with everything():
        Enrollment.objects.update(removed_at=timezone.now())
    assert told(login(cast.clerk), waits) == {"郑某乙": ["名册后来又有变动，请到名册里看"]}


def test_undoing_and_deciding_tell_it_too(cast: Cast, login) -> None:
    confirmed(sheet(of(1, *first())), cast.clerk)
    batch = confirmed(sheet(of(1, *first("2组"))), cast.clerk, name="又.xlsx")
    reversal = undone(batch, cast.clerk)
    assert told(login(cast.clerk), reversal) == {"郑某乙": ["组：2组 → 1组"]}
    with everything():
        Enrollment.objects.update(version=9)  # somebody went on from there
    again = told(login(cast.clerk), reversal)
    assert again == {"郑某乙": ["名册后来又有变动，请到名册里看"]}
    confirmed(roster_book(row(1, name="郑某异")), cast.clerk, name="三.xlsx")
    done = decided(waiting()[0], "rename", cast.authority)
    assert "姓名：郑某乙 → 郑某异" in told(login(cast.authority), done.decision_batch)["郑某异"]


def test_a_household_made_up_from_its_head_is_told_in_words(cast: Cast, login) -> None:
    header = ("姓名", "身份证号", "乡镇", "村", "户主身份证号")
    confirmed(book_of(header, of(1, id_number(1))), cast.clerk)
    batch = uploaded(book_of(header, of(1, id_number(2))), cast.clerk, name="又.xlsx")
    assert told(login(cast.clerk), batch)["郑某乙"] == ["户号：（没有户号） → 换了户主"]


def test_a_villages_clerk_is_shown_their_own_village_alone(cast: Cast, login) -> None:
    by = village_clerk()
    confirmed(sheet(of(1, *first()), of(2, *first(), village=1)), cast.clerk)
    rows = (of(1, *first("2组")), of(2, *first("2组"), village=0))
    batch = uploaded(sheet(*rows), by, name="本村.xlsx")
    assert told(login(by), batch) == {"郑某乙": ["组：1组 → 2组"]}

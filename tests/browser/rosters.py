"""Workbooks as a clerk would send them; people visibly synthetic."""

from pathlib import Path

from openpyxl import Workbook

from calc.id_number import check_digit

HEADER = ("序号", "姓名", "身份证号", "村", "组", "户号", "与户主关系", "联系电话", "开户银行", "银行账号")


def made_number(serial: int) -> str:
    """A well-formed number that belongs to nobody known: the sequence digits count up."""
    head = f"5001011975{1 + serial % 12:02d}{1 + serial % 28:02d}{700 + serial:03d}"
    return head + check_digit(head)


def dazhou_roster(path: Path) -> Path:
    """Six good people of 大周镇 and four wrong rows."""
    book = Workbook()
    sheet = book.active
    sheet.append(["大周镇2021年巩固脱贫保参保名册"])
    sheet.append([])
    sheet.append(HEADER)
    good = [(f"测某{'甲乙丙丁戊己'[n]}", made_number(n), "铺垭村", "3组", f"91{n:02d}", "本人") for n in range(6)]
    wrong = [
        (
            "测某庚",
            made_number(6)[:17] + ("1" if made_number(6)[17] != "1" else "2"),
            "铺垭村",
            "3组",
            "9107",
            "本人",
        ),
        ("测某辛", made_number(7), "没有这个村", "1组", "9108", "本人"),
        ("测某甲", made_number(0), "铺垭村", "3组", "9100", "本人"),
        ("", made_number(8), "五土村", "1组", "9109", "本人"),
    ]
    for number, row in enumerate([*good, *wrong], start=1):
        sheet.append([number, *row, "10000000002", "（示例）农村商业银行", "6200000000000001"])
    for row in sheet.iter_rows(min_row=4):
        for cell in (row[2], row[9]):
            cell.number_format, cell.data_type = "@", "s"
    book.save(path)
    return path


def roster_of(path: Path, village: str, people: dict[int, str]) -> Path:
    """Good people of one village, by serial and name."""
    book = Workbook()
    book.active.append(HEADER)
    for number, (serial, name) in enumerate(people.items(), start=1):
        row = (
            number,
            name,
            made_number(serial),
            village,
            "1组",
            f"92{serial:02d}",
            "本人",
            "10000000002",
            "（示例）农村商业银行",
        )
        book.active.append((*row, "6200000000000001"))
    book.save(path)
    return path

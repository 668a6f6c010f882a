"""Write a synthetic roster with planted defects, for trials and benchmarks."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from enrollment.places_to_fill import CountyUnknown, PlacesToFill, places_to_fill
from enrollment.roster.making import make_roster
from office.commands import CommandRefused, PortalCommand

MOST_SHEET_ROWS = 1_048_000  # a sheet holds 1,048,576, title and header included


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"行数“{text}”应是正整数")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise ArgumentTypeError(f"错误比例“{text}”应在 0 到 1 之间，例如 0.03")
    return share


class Command(PortalCommand):
    help = "造一份合成名册（不是真人），夹带错误行；FILE.truth.csv 按行列出每个错误"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="写到哪里，.xlsx 或 .csv")
        parser.add_argument("--rows", type=_count, required=True, metavar="N", help="正确的行数")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="同一个数造出同一份文件")
        parser.add_argument("--defects", type=_share, default=_share("0.03"), help="错误行占正确行的比例")
        parser.add_argument("--county", default="500101", metavar="CODE", help="区县的区划代码")

    def answer(self, options: dict[str, Any]) -> dict[str, int]:
        path = _target(options["file"], options["rows"] * (1 + options["defects"]))
        places = _places(options["county"])
        try:
            return make_roster(
                path,
                rows=options["rows"],
                seed=options["seed"],
                defects=options["defects"],
                townships=places.townships,
                not_taking_part=places.not_taking_part,
            )
        except OSError as error:
            message = f"写不了文件“{path}”（{error.strerror}），请核对目录是否存在、可写"
            raise CommandRefused.of(str(path), message) from error

    def lines(self, answer: dict[str, int]) -> Iterable[str]:
        yield f"写了 {answer['rows']:,} 行：正确 {answer['good']:,}，带错误 {answer['defects']:,}"


def _target(name: str, rows: float) -> Path:
    path = Path(name)
    if path.suffix not in {".xlsx", ".csv"}:
        raise CommandRefused.of(name, f"“{name}”应以 .xlsx 或 .csv 结尾")
    if path.suffix == ".xlsx" and rows > MOST_SHEET_ROWS:
        raise CommandRefused.of(name, f"一张工作表放不下 {int(rows):,} 行，请改用 .csv")
    return path


def _places(county: str) -> PlacesToFill:
    try:
        places = places_to_fill(county)
    except CountyUnknown as unknown:
        raise CommandRefused.of("--county", str(unknown)) from unknown
    if not places.townships:
        raise CommandRefused.of("--county", f"区县 {county} 没有可填的乡镇和村，请先导入行政区划")
    return places

"""The last day of a term of working days."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from typing import Any

from calc.dates import DateError, parse_date
from office.calendar import work_calendar
from office.commands import CommandRefused, PortalCommand

MOST_DAYS = 2500  # ten years; nobody sets a longer term in working days


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_DAYS:
        raise ArgumentTypeError(f"工作日数“{text}”应是 0 到 {MOST_DAYS} 的整数")
    return int(text)


class Command(PortalCommand):
    help = "从起算日起 N 个工作日，到哪一天为止（起算日当天不计）"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("start", metavar="START", help="起算日，例如 2021-09-30")
        parser.add_argument("--working-days", type=_days, required=True, metavar="N", help="工作日数")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        try:
            start = parse_date(options["start"])
            due = work_calendar().due_after(start, working_days=options["working_days"])
        except DateError as error:
            raise CommandRefused.of("START", str(error)) from error
        except OverflowError:
            raise CommandRefused.of("START", f"从 {options['start']} 起算超出了日历，请核对年份") from None
        return {"due": due.day.isoformat(), "provisional": due.provisional}

    def lines(self, answer: dict[str, Any]) -> Iterable[str]:
        yield answer["due"] + ("（暂定：有的年份放假安排未公布或不在日历里）" if answer["provisional"] else "")

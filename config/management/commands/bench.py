"""The benchmarks of docs/performance.md, each with its own baseline in the same run."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from config.bench import during_import, export, importing, pages, papers, payout, what_if
from config.bench.measured import BenchRefused, Measured, Options
from office.commands import CommandRefused, PortalCommand

BENCHES: Mapping[str, Callable[[Options], list[Measured]]] = {
    "payout": payout.run,
    "import": importing.run,
    "import_csv": importing.run_csv,
    "pages": pages.run,
    "during_import": during_import.run,
    "print": papers.run,
    "whatif": what_if.run,
    "export": export.run,
}


class Command(PortalCommand):
    help = "性能测试：每项同时测自己的对照，只比倍数"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", choices=sorted(BENCHES), metavar="NAME", help="、".join(BENCHES))
        parser.add_argument("--rows", type=int, default=106_949, metavar="N", help="导入测试的行数、政策测算的件数")
        parser.add_argument("--yes", action="store_true", help="允许把合成的名册、案件写进现在配置的数据库")

    def answer(self, options: dict[str, Any]) -> list[dict[str, object]]:
        chosen = [options["name"]] if options["name"] else list(BENCHES)
        how = Options(rows=options["rows"], yes=options["yes"])
        measured = []
        for name in chosen:
            try:
                measured += BENCHES[name](how)
            except BenchRefused as refused:
                if options["name"]:
                    raise CommandRefused.of(name, str(refused)) from refused
                self.tell(f"{name} 没有测：{refused}")
        return [one.document() for one in measured]

    def lines(self, answer: list[dict[str, Any]]) -> Iterable[str]:
        for one in answer:
            against = f"对照 {one['baseline_seconds']} 秒，{one['ratio']} 倍"
            yield f"{one['name']}　{one['seconds']} 秒，{against}，{one['peak_mb']} MB"
            yield f"  {one['note']}"

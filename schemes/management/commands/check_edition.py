"""Check an edition's document and compute the examples inside it again."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from office.commands import CommandRefused, Fault, PortalCommand, database_is_ready, read_text
from orgs.models import Region
from schemes.services import townships_of
from schemes.terms.check import CheckResult, check_document


class Command(PortalCommand):
    help = "核对一份年度方案文件：条款、依据、承保分片，并重算其中的算例"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="年度方案的 YAML 文件")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        result = self._check(read_text(options["file"]), Path(options["file"]).name)
        document = result.document()
        if document["errors"]:
            faults = [Fault(error["where"], error["message"]) for error in document["errors"]]
            raise CommandRefused(faults, document)
        return document

    def _check(self, text: str, name: str) -> CheckResult:
        """Against the county's townships where its regions are loaded; says so where they aren't."""
        result = check_document(text, name)
        if result.terms is None:
            return result
        place = Region.objects.filter(code=result.terms.place).first() if database_is_ready() else None
        if place is None:
            self.tell(f"行政区划里没有代码 {result.terms.place}，没有核对乡镇名单")
            return result
        return check_document(text, name, townships_of(place))

    def lines(self, answer: dict[str, Any]) -> Iterable[str]:
        counts = f"{len(answer['coverages'])} 项保障责任，算例 {answer['examples']['run']} 个全部相符"
        yield f"{answer['edition']} 通过：{counts}"
        yield from (f"口径 {reading}" for reading in answer["interpretations"])

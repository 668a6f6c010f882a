"""Compute a payout with its explanation: one, or one for each line of standard input."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from office.commands import CommandRefused, Fault, PortalCommand, read_bytes, read_text, to_json
from schemes.finding import DocumentBroken, EditionUnknown, published_edition, terms_in
from schemes.in_force import terms_to_quote
from schemes.models import Edition
from schemes.quote_lines import QuoteDesk
from schemes.rules.quoting import quote_document
from schemes.rules.refusal import FactsRefused
from schemes.terms.model import EditionTerms


class Command(PortalCommand):
    help = "理算：按年度方案的条款计算应赔金额，列出每一步及其依据"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="EDITION COVERAGE", help="已发布的年度方案、保障责任")
        parser.add_argument("--file", metavar="FILE", help="没有发布的年度方案文件，代替 EDITION")
        parser.add_argument("--facts", metavar="FILE", help="案情（JSON 或 YAML）；不写则从标准输入读")
        parser.add_argument("--batch", action="store_true", help="标准输入每行一个 JSON 文档，逐行回答")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["batch"]:
            super().handle(*args, **options)
            return
        if options["names"] or options["file"] or options["facts"]:
            self.wrong_usage("--batch 不带其他参数：每行的 edition、coverage 说明算什么")
        desk = QuoteDesk()
        for line in sys.stdin.buffer:
            self.stdout.write(to_json(desk.answer(line)))

    def answer(self, options: dict[str, Any]) -> dict[str, object]:
        wanted = 1 if options["file"] else 2
        if len(options["names"]) != wanted:
            self.wrong_usage("请写 EDITION COVERAGE 两项，或写 --file FILE 和 COVERAGE")
        *edition, coverage = options["names"]
        found = _terms_in_file(options["file"]) if options["file"] else _published(edition[0])
        document = _facts(options["facts"])
        try:
            terms = terms_to_quote(found, coverage, document.get("facts")) if isinstance(found, Edition) else found
            return quote_document(terms, coverage, document)
        except FactsRefused as refused:
            faults = [Fault(problem.where, problem.message) for problem in refused.problems]
            raise CommandRefused(faults) from refused

    def lines(self, answer: dict[str, Any]) -> Iterable[str]:
        for step in answer["steps"]:
            yield "　".join(part for part in (step["op"], step["label"], step["value"], step["clause"]) if part)
        yield f"应赔 {answer['payable']} 元" + (f"（{answer['reason']}）" if answer["reason"] else "")
        yield from (f"口径 {reading}" for reading in answer["interpretations"])


def _published(code: str) -> Edition:
    try:
        return published_edition(code)
    except EditionUnknown as unknown:
        raise CommandRefused.of("edition", str(unknown)) from unknown


def _terms_in_file(name: str) -> EditionTerms:
    try:
        return terms_in(read_text(name), Path(name).name)
    except DocumentBroken as broken:
        raise CommandRefused(Fault(problem.key, problem.sentence) for problem in broken.problems) from broken


def _facts(name: str | None) -> dict[str, object]:
    """JSON is read as the YAML that it nearly is."""
    where = name or "标准输入"
    content = read_bytes(name) if name else sys.stdin.buffer.read()
    try:
        document = yaml.safe_load(content.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise CommandRefused.of(where, f"{where}的案情看不懂，应是 UTF-8 的 JSON 或 YAML 文档") from None
    if not isinstance(document, dict):
        raise CommandRefused.of(where, f'{where}的案情应是键值对，例如 {{"facts": {{…}}}}')
    return document

"""Store an edition's document as a draft, or publish it."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction

from office.commands import CommandRefused, Fault, PortalCommand, read_text
from orgs.scope import system_scope
from schemes.models import Edition
from schemes.services import EditionRefused, TrialFiguresLeft, publish_edition, store_edition
from schemes.terms.check import check_document


class Command(PortalCommand):
    help = "装入年度方案：默认存为草稿，--publish 发布"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="年度方案的 YAML 文件")
        parser.add_argument("--publish", action="store_true", help="发布；发布后条款不能再改")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        text, name = read_text(options["file"]), Path(options["file"]).name
        _demand_examples(text, name)
        try:
            edition = _load(text, name, publish=options["publish"])
        except EditionRefused as refused:
            raise CommandRefused(_faults(refused, name)) from refused
        return {"edition": edition.code, "state": edition.state, "sha256": edition.sha256}

    def lines(self, answer: dict[str, Any]) -> Iterable[str]:
        yield f"{answer['edition']} {Edition.State(answer['state']).label}，摘要 {answer['sha256']}"


def _demand_examples(text: str, name: str) -> None:
    """Terms that contradict their own examples are never stored."""
    result = check_document(text, name)
    if result.failed:
        raise CommandRefused(Fault(f"examples.{one.name}", one.message) for one in result.failed)


def _load(text: str, name: str, *, publish: bool) -> Edition:
    with transaction.atomic(), system_scope("load_edition"):
        edition = store_edition(document=text, name=name, by=None)
        return publish_edition(edition=edition, by=None) if publish else edition


def _faults(refused: EditionRefused, name: str) -> list[Fault]:
    if isinstance(refused, TrialFiguresLeft):
        told = "。没有装入；去掉 --publish 可先存为草稿"
        return [Fault(figure.where, f"{name} {figure.sentence}{told}") for figure in refused.figures]
    if refused.problems:
        return [Fault(problem.key, problem.sentence) for problem in refused.problems]
    return [Fault(name, sentence) for sentence in refused.sentences]

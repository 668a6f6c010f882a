"""Add a place to the region tree from its codes, so that an edition can be written for it."""

from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from office.commands import CommandRefused, Fault, PortalCommand, read_text
from orgs.scope import system_scope
from orgs.services.adding_regions import RegionsRefused, add_regions
from orgs.services.regions import load_regions


class Command(PortalCommand):
    help = "导入一个地方的行政区划：只补没有的，已有的不改；同一份文件再导入一次不变"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", help="列为 code,name,level,parent_code，从省级写到村级")
        parser.add_argument(
            "--names", metavar="FILE.csv", help="其他名称，列为 code,name,kind,valid_from,valid_to,source"
        )
        parser.add_argument("--zones", metavar="FILE.csv", help="没有代码的功能区，列为 parent_code,name,alias,source")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        files = {"regions": options["file"], "names": options["names"], "zones": options["zones"]}
        texts = {kind: read_text(name) for kind, name in files.items() if name}
        try:
            with system_scope("load_regions"):
                load_regions()  # the places that come with the portal, where there are none yet
                added = add_regions(**texts)
        except RegionsRefused as refused:
            faults = [
                Fault(f"{files[one.file]}:{one.line}", f"{files[one.file]} {one.message}") for one in refused.problems
            ]
            raise CommandRefused(faults) from refused
        return asdict(added)

    def lines(self, answer: dict[str, Any]) -> Iterable[str]:
        yield f"新增区划 {answer['regions']} 个、名称 {answer['names']} 个、功能区 {answer['zones']} 个"
        yield f"已有 {answer['known']} 个，没有改动"

"""Import rosters in the foreground: the same steps as the upload page."""

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from enrollment.forms import uploadable_townships
from enrollment.services.importing import Imported, ImportOrder, ImportRefused, import_rosters
from office.commands import CommandRefused, Fault, PortalCommand, write_bytes
from orgs.models import Region, User
from orgs.permissions import may
from orgs.services.system_accounts import importer_of
from schemes.finding import EditionUnknown, published_edition
from schemes.models import Edition

COUNTS = ("rows", "valid", "rejected", "new", "changed", "unchanged", "duplicates", "removed")


class Command(PortalCommand):
    help = "导入参保名册：默认只校验不写入；--commit 写入，--only-valid 只写正确的行"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="名册文件（.xlsx 或 .csv）；几份一起作一批，互相查重"
        )
        parser.add_argument("--edition", required=True, metavar="E", help="已发布的年度方案")
        parser.add_argument("--township", metavar="CODE", help="12 位区划代码；不写则每行自己写明乡镇")
        parser.add_argument("--commit", action="store_true", help="写入名册；有不合格的行就全都不写")
        parser.add_argument("--only-valid", action="store_true", help="与 --commit 同用：只写合格的行")
        parser.add_argument("--by", metavar="USERNAME", help="以哪个账号导入；不写则用系统导入账号")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        paths = [_readable(Path(name)) for name in options["files"]]
        order = _order(options)
        try:
            imported = import_rosters(paths, order)
        except ImportRefused as refused:
            raise _refusal(refused, started) from refused
        return _report(imported, started)

    def lines(self, answer: dict[str, Any]) -> Iterable[str]:
        yield (
            f"共 {answer['rows']:,} 行：合格 {answer['valid']:,}，不合格 {answer['rejected']:,}"
            f"（其中重复 {answer['duplicates']:,}）"
        )
        kinds = {"新增": "new", "变更": "changed", "不变": "unchanged", "减少": "removed"}
        yield "，".join(f"{word} {answer[name]:,}" for word, name in kinds.items())
        yield from (f"  {kind} {count:,}" for kind, count in answer["errors_by_kind"].items())
        if answer["error_file"]:
            yield f"错误工作簿 {answer['error_file']}"
        yield f"用时 {answer['seconds']} 秒，内存峰值 {answer['peak_mb']} MB"


def _readable(path: Path) -> Path:
    if not path.is_file():
        raise CommandRefused.of(str(path), f"找不到文件“{path}”，请核对路径")
    return path


def _order(options: dict[str, Any]) -> ImportOrder:
    edition = _edition(options["edition"])
    by = _importer(options["by"], edition)
    return ImportOrder(
        edition=edition,
        township=_township(options["township"], edition, by),
        by=by,
        commit=options["commit"],
        only_valid=options["only_valid"],
    )


def _edition(code: str) -> Edition:
    try:
        return published_edition(code)
    except EditionUnknown as unknown:
        raise CommandRefused.of("--edition", str(unknown)) from unknown


def _importer(username: str | None, edition: Edition) -> User:
    if username is None:
        return importer_of(edition.place)
    user = User.objects.select_related("organization__region").filter(username=username.lower()).first()
    if user is None or not may(user, "roster.import"):
        raise CommandRefused.of("--by", f"账号“{username}”不存在、已停用或不能导入名册，请换乡镇经办或主管部门的账号")
    return user


def _township(code: str | None, edition: Edition, by: User) -> Region | None:
    """The township of the option; a clerk's own where none is given."""
    allowed = uploadable_townships(edition, by)
    own = by.organization.region
    if code is None:
        return own if own.level == Region.Level.TOWNSHIP else None
    township = allowed.filter(code=code).first()
    if township is None:
        message = f"“{code}”不是{edition.title}里可以上传的乡镇，请写参加本方案的乡镇的 12 位区划代码"
        raise CommandRefused.of("--township", message)
    return township


def _report(imported: Imported, started: float) -> dict[str, Any]:
    """Counts and seconds of the batch; of several files, `error_files` names every error workbook."""
    counts = {name: imported.counts.get(name, 0) for name in COUNTS}
    books = [_keep_error_book(path, book) for path, book in imported.error_books.items()]
    return counts | {
        "errors_by_kind": imported.counts.get("errors_by_kind", {}),
        "error_file": books[0] if books else None,
        **({"error_files": books} if len(imported.paths) > 1 else {}),
        "seconds": round(time.perf_counter() - started, 3),
        "peak_mb": imported.peak_mb,
        "stage_seconds": {name: round(spent, 3) for name, spent in imported.seconds.items()},
    }


def _keep_error_book(path: Path, book: bytes) -> str:
    """Beside the input, for whoever mends it."""
    beside = path.with_name(f"{path.stem}-错误原因.xlsx")
    write_bytes(beside, book)
    return str(beside)


def _refusal(refused: ImportRefused, started: float) -> CommandRefused:
    """The sentence, with what became known of the files."""
    imported = refused.imported
    answer = _report(imported, started) if imported.counts else {}
    return CommandRefused([Fault(str(imported.paths[0]), str(refused))], answer)

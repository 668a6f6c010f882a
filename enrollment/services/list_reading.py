"""The reading of a list: look the file over, read it in the limited child, keep every good row, bring it in force."""

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from enrollment.models import ListedPerson, PersonList
from enrollment.places import place_index
from enrollment.roster.error_book import write_error_book
from enrollment.roster.facts import Looked
from enrollment.roster.list_rows import ListReport, ListRow, list_rows
from enrollment.roster.precheck import look_over
from enrollment.roster.problems import RowProblem
from enrollment.roster.reading import read_rows
from enrollment.roster.refusal import RosterRefused, refused
from enrollment.services.list_uploading import STATE
from enrollment.services.member_sums import sum_up_beside
from office.files import read_file, store_file
from office.jobs import JobRefused, Progress
from office.models import StoredFile
from orgs.audit import record
from orgs.bulk import insert_rows, refresh_statistics
from orgs.crypto import blind_index
from orgs.models import Region, User
from orgs.responses import XLSX
from orgs.scope import acting, scope_of, visible

ROWS_A_WRITE = 5_000
MOST_WRONG_KEPT = 50_000
LARGE_LOAD = 1_000
COLUMNS = (
    "list_id", "region_path", "id_number", "id_index", "name", "township_id", "village_id", "written_place",
    "event_date",
)  # fmt: skip
_id_number = ListedPerson._meta.get_field("id_number")


def read_list(*, list_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """Read a list and bring it in force; safe to run twice. JobRefused with a sentence when it can't be used."""
    with acting(scope_of(by)):
        found = visible(PersonList, by).select_related("edition", "file").get(pk=list_id)
        content = read_file(found.file)
    if found.state != STATE.CHECKING:
        progress.hold()
        return found.counts
    try:
        return _Reading(found, by, progress).run(content)
    except RosterRefused as refusal:
        _refuse(found, by, str(refusal), progress)
        raise JobRefused(str(refusal)) from refusal


def _refuse(found: PersonList, by: User, message: str, progress: Progress) -> None:
    with transaction.atomic(), acting(scope_of(by)):
        progress.hold()
        ListedPerson.objects.filter(list=found).delete()
        PersonList.objects.filter(pk=found.pk).update(state=STATE.REFUSED, refusal=message)


class _Reading:
    """One run over one file."""

    def __init__(self, found: PersonList, by: User, progress: Progress) -> None:
        self.list, self.by, self.progress = found, by, progress
        self.scope = scope_of(by)
        self.report = ListReport()
        self.wrong: dict[tuple[str, int], list[RowProblem]] = {}

    def run(self, content: bytes) -> dict[str, Any]:
        self.progress.stage("检查文件")
        looked = look_over(content, name=self.list.file_name)
        if looked.refusal is not None:
            raise RosterRefused(looked.refusal)
        self._keep_rows(content, looked)
        self._keep_error_file(content, looked)
        if not self.report.taken:
            raise refused("no_rows", "没有一行可以采用：每行都要有正确的身份证号。请下载错误清单，改好再传")
        counts = self._bring_in_force()
        if self.report.taken > LARGE_LOAD:
            refresh_statistics()
        return counts

    def _keep_rows(self, content: bytes, looked: Looked) -> None:
        """In short transactions; nobody sees the rows before the list is in force. Begins anew when run again."""
        self.progress.stage("读入名单", total=sum(sheet.rows for sheet in looked.sheets))
        with acting(self.scope):
            county = Region.objects.get(path=self.list.region_path)
            places = place_index(county)
            paths = dict(Region.objects.filter(path__startswith=county.path).values_list("pk", "path"))
            ListedPerson.objects.filter(list=self.list).delete()
        rows = list_rows(
            read_rows(content, looked), facts=looked, regions=places, today=timezone.localdate(), report=self.report
        )
        cells = (self._cells(row, paths) for row in self._good(rows))
        while chunk := list(islice(cells, ROWS_A_WRITE)):
            with transaction.atomic(), acting(self.scope):
                self.progress.advance(self.report.rows)  # proves the fence until the chunk is committed
                insert_rows(ListedPerson, COLUMNS, chunk)

    def _good(self, rows: Iterable[ListRow]) -> Iterator[ListRow]:
        for row in rows:
            self.report.without_township += not row.problems and row.township_id is None
            self.report.without_village += not row.problems and row.village_id is None
            if not row.problems:
                yield row
            elif len(self.wrong) < MOST_WRONG_KEPT:
                self.wrong[row.sheet, row.row_no] = list(row.problems)

    def _cells(self, row: ListRow, paths: Mapping[int, str]) -> tuple[Any, ...]:
        return (
            self.list.pk,
            paths.get(row.village_id or row.township_id or 0, self.list.region_path),
            _id_number.seal(row.id_number),
            blind_index(row.id_number),
            row.name,
            row.township_id,
            row.village_id,
            row.written_place,
            row.event_date.isoformat() if row.event_date else None,
        )

    def _keep_error_file(self, content: bytes, looked: Looked) -> None:
        if not self.wrong:
            return
        self.progress.stage("生成错误清单")
        out = io.BytesIO()
        write_error_book(content, looked, headers=self.report.headers, wrong=self.wrong, out=out)
        stem = self.list.file_name.rsplit(".", 1)[0]
        with transaction.atomic(), acting(self.scope):
            self.progress.hold()
            kept = store_file(
                out.getvalue(), name=f"{stem}-错误原因.xlsx", content_type=XLSX, by=self.by,
                purpose=StoredFile.Purpose.ERROR_BOOK, region_path=self.list.region_path,
            )  # fmt: skip
            PersonList.objects.filter(pk=self.list.pk).update(error_file=kept)

    def _bring_in_force(self) -> dict[str, Any]:
        """One transaction: the list comes in force, those that it replaces go out, and it is on record."""
        self.progress.stage("启用名单")
        counts = self._counts()
        with transaction.atomic(), acting(self.scope):
            self.progress.hold()
            Region.objects.select_for_update(no_key=True).get(path=self.list.region_path)  # lists take turns
            replaced = self._withdraw_replaced()
            PersonList.objects.filter(pk=self.list.pk).update(
                state=STATE.IN_FORCE, counts=counts, notes=self._notes(), in_force_at=timezone.now()
            )
            sum_up_beside(self.list)
            record("list.in_force", by=self.by, target=self.list, kind=self.list.kind, replaced=replaced, **counts)
        return counts

    def _withdraw_replaced(self) -> list[int]:
        """The list that this one replaces; of members there is one list at a time."""
        lists = PersonList.objects.filter(state=STATE.IN_FORCE, kind=self.list.kind, edition=self.list.edition)
        if self.list.kind != PersonList.Kind.MEMBERS:
            lists = PersonList.objects.filter(state=STATE.IN_FORCE, pk=self.list.replaces_id)
        replaced = list(lists.values_list("pk", flat=True))
        lists.update(
            state=STATE.WITHDRAWN, withdrawn_at=timezone.now(), withdrawn_by=self.by,
            withdrawn_reason=f"由《{self.list.title}》替换",
        )  # fmt: skip
        return replaced

    def _counts(self) -> dict[str, Any]:
        report = self.report
        return {
            "rows": report.rows, "taken": report.taken, "refused": report.refused, "repeated": report.repeated,
            "without_township": report.without_township, "without_village": report.without_village,
            "errors_by_kind": dict(report.by_kind),
        }  # fmt: skip

    def _notes(self) -> list[str]:
        """What was passed over, told rather than hidden."""
        report = self.report
        notes = [f"工作表“{name}”没有表头，没有读取" for name in report.skipped_sheets]
        notes += [f"没有使用的列：{'、'.join(header.unknown)}" for header in report.headers.values() if header.unknown]
        unread = ((report.dates_unread, "日期看不懂"), (report.names_unread, "姓名里有别的字符"))
        notes += [f"有 {n:,} 行的{what}，没有采用，仍按身份证号核对" for n, what in unread if n]
        if len(self.wrong) >= MOST_WRONG_KEPT:
            notes.append(f"错误清单只列出前 {MOST_WRONG_KEPT:,} 行")
        return notes

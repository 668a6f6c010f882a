"""The insurer's answer on its own sheet: who is underwritten, to whom it objects.

Read in the request: it is one township's list of exceptions, and small by nature. Beyond the bounds below it is refused
before anything is read, and there is always a way within them: whoever is not on the sheet is underwritten.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from calc.id_number import as_18
from calc.text import fold
from enrollment.models import Enrollment, Objection
from enrollment.roster.cells import Cell, as_text
from enrollment.roster.layout import COLUMNS, KEY, RESULT, RESULT_REASON, Layout
from enrollment.roster.precheck import look_over
from enrollment.roster.reading import ReadingReport, read_rows
from enrollment.roster.refusal import ReadingInterrupted, RosterRefused
from enrollment.services.layouts import layout_of
from enrollment.services.objecting import raise_objection
from enrollment.services.stepping import StepRefused
from orgs.audit import record
from orgs.crypto import blind_index
from orgs.models import Region, User
from orgs.scope import visible
from schemes.models import Edition

TAKEN = ("", "承保", "同意", "通过", "已承保", "是")
REFUSED = ("不承保", "拒保", "异议", "不同意", "否")
MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 20_000
MOST_SECONDS = 20.0  # in which the reading child says nothing
MOST_OBJECTIONS = 200  # by one sheet: more is no list of exceptions, and a matter for a talk
SHORTEN = "请只保留不承保的人再传，没有列出的视为承保"
HEADER_WITHIN = 10


@dataclass(frozen=True, slots=True)
class ResultRow:
    number: int
    key: str
    id_number: str
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class Results:
    """What a sheet came to: rows read, objections raised, those that had been raised before."""

    rows: int
    objections: int
    known: int


class ResultsRefused(Exception):
    """Nothing of the sheet is taken; the message says why."""


def enter_results(*, edition: Edition, township: Region, name: str, content: bytes, by: User) -> Results:
    """Raise an objection to everybody whom the sheet doesn't underwrite; all rows, or none with the first mistake.

    The sheet is read before the transaction that writes: a slow one would keep every other writer waiting.
    """
    if len(content) > MOST_BYTES:
        raise ResultsRefused(f"文件超过 {MOST_BYTES // 2**20} MB，{SHORTEN}")
    rows = list(_rows(name, content, layout_of(by.organization, by)[0]))
    return _enter(edition, township, rows, by)


@transaction.atomic
def _enter(edition: Edition, township: Region, rows: Sequence[ResultRow], by: User) -> Results:
    objected = [row for row in rows if row.result in REFUSED]
    if len(objected) > MOST_OBJECTIONS:
        raise ResultsRefused(f"不承保的有 {len(objected)} 人，一次最多 {MOST_OBJECTIONS} 人；请与乡镇核对后退回名册")
    known = set(
        visible(Objection, by)
        .filter(edition=edition, township=township, step=Objection.Step.UNDERWRITE, state__in=("open", "explained"))
        .values_list("enrollment_id", flat=True)
    )
    raised, people = 0, _People(edition, township, objected, by)
    for row in objected:
        person = people.of(row)
        if person.pk not in known:
            _object(person, row, by)
            raised += 1
    record("roster.results", by=by, target=township, insurer_id=by.organization_id, rows=len(rows), objections=raised)
    return Results(len(rows), raised, len(objected) - raised)


def _object(person: Enrollment, row: ResultRow, by: User) -> None:
    try:
        raise_objection(enrollment=person, step=Objection.Step.UNDERWRITE, reason="other", note=row.reason, by=by)
    except StepRefused as refused:
        raise ResultsRefused(f"第{row.number}行：{refused}") from refused


class _People:
    """Those on the township's roster whom the rows name, by key and by number; in one query."""

    def __init__(self, edition: Edition, township: Region, rows: Sequence[ResultRow], by: User) -> None:
        self.indexes = {row.id_number: blind_index(as_18(row.id_number)) for row in rows if row.id_number}
        keys = [int(row.key) for row in rows if _is_key(row.key)]
        found = visible(Enrollment, by).filter(edition=edition, township=township, removed_at__isnull=True)
        found = found.filter(Q(pk__in=keys) | Q(id_index__in=self.indexes.values())).select_related("edition")
        self.by_key = {str(person.pk): person for person in found}
        self.by_index = {person.id_index: person for person in self.by_key.values()}

    def of(self, row: ResultRow) -> Enrollment:
        key = str(int(row.key)) if _is_key(row.key) else ""
        person = self.by_key.get(key) or self.by_index.get(self.indexes.get(row.id_number, ""))
        if person is None:
            raise ResultsRefused(
                f"第{row.number}行：本乡镇名册里没有这个人，请用下载的名册填承保结果，不要改人员编号和证件号码"
            )
        return person


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # within what the database counts to


def _rows(name: str, content: bytes, layout: Layout) -> Iterator[ResultRow]:
    looked = look_over(content, name=name)
    if looked.refusal is not None:
        raise ResultsRefused(looked.refusal.message)
    _refuse_long(sum(sheet.rows for sheet in looked.sheets))
    head: dict[str, int] = {}
    report = ReadingReport()
    try:
        for chunk in read_rows(content, looked, report=report, wall_seconds=MOST_SECONDS):
            _refuse_long(report.rows)  # a CSV is not counted before
            for number, cells in zip(chunk.numbers, chunk.rows, strict=True):
                if not head:
                    head = _head(cells, layout)
                    if not head and number > HEADER_WITHIN:
                        break
                    continue
                yield _row(number, cells, head)
    except RosterRefused as refused:
        raise ResultsRefused(str(refused)) from refused
    except ReadingInterrupted as interrupted:
        raise ResultsRefused("读取时被中断，什么也没有改动，请再传一次") from interrupted
    if not head:
        raise ResultsRefused("没有找到“承保结果”一列，请用下载的名册填写后上传")


def _refuse_long(rows: int) -> None:
    if rows > MOST_ROWS + HEADER_WITHIN:
        raise ResultsRefused(f"文件有 {rows:,} 行，一次最多 {MOST_ROWS:,} 行；{SHORTEN}")


def _head(cells: Sequence[Cell], layout: Layout) -> dict[str, int]:
    """Where the columns are, by our titles or the insurer's own; empty where this row is no header."""
    titles = {COLUMNS[key].title: key for key in (KEY, "id_number", RESULT, RESULT_REASON)}
    titles |= {one.title: one.key for one in layout.columns if one.key in titles.values()}
    found = {titles[text]: at for at, cell in enumerate(cells) if (text := fold(as_text(cell))) in titles}
    return found if RESULT in found and (KEY in found or "id_number" in found) else {}


def _row(number: int, cells: Sequence[Cell], head: dict[str, int]) -> ResultRow:
    def text(key: str) -> str:
        at = head.get(key)
        return fold(as_text(cells[at])) if at is not None and at < len(cells) else ""

    row = ResultRow(number, text(KEY), text("id_number").upper(), text(RESULT), text(RESULT_REASON))
    if row.result not in TAKEN + REFUSED:
        known = "、".join((*TAKEN[1:3], *REFUSED[:3]))
        raise ResultsRefused(f"第{number}行：承保结果“{row.result[:20]}”看不懂，应是{known}之一")
    if row.result in REFUSED and not row.reason:
        raise ResultsRefused(f"第{number}行：不承保的要写明原因，请填“不承保原因”一列")
    return row

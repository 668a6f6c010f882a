"""Rosters taken out as workbooks, with full numbers: by the police to look them up, by the insurer to key them in."""

import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from calc.id_number import IdNumber, check_id_number
from enrollment.models import Enrollment, RosterDownload, TownshipRoster, VillageTotal
from enrollment.roster.layout import COLUMNS, FOR_POLICE, Layout, Person, rows_in
from enrollment.services.layouts import layout_of
from enrollment.services.objecting import ACT_OF_STEP
from enrollment.workflow import IN_FORCE, path_of
from office.files import store_file
from office.jobs import JobRefused, Progress, enqueue
from office.long_lists import ListColumn, write_long_list
from office.models import Job, StoredFile
from orgs.audit import record
from orgs.models import Region, User
from orgs.permissions import may
from orgs.responses import XLSX
from orgs.scope import acting, scope_of, visible
from schemes.models import Edition

AT_ONCE = 5_000  # people that are written while the browser waits
KEPT_FOR = timedelta(days=3)
CHUNK = 5_000


class DownloadRefused(Exception):
    """Nothing is written; the message says why."""


@transaction.atomic
def order_download(
    *, edition: Edition, township: Region | None, step: str, by: User
) -> tuple[RosterDownload, Job | None, bytes]:
    """The workbook at once where it is small, else a job that makes it. No township: all of them."""
    if not may(by, ACT_OF_STEP[step]):
        raise DownloadRefused("您的角色不能下载这份名册")
    persons = _ready_totals(edition, township, step, by).aggregate(n=Sum("persons", default=0))["n"]
    if not persons:
        raise DownloadRefused("还没有名册到这一步，没有可以下载的；请看名册上报")
    download = RosterDownload.objects.create(
        edition=edition,
        township=township,
        step=step,
        requested_by=by,
        persons=persons,
        region_path=(township.path if township else scope_of(by).region_path),
        insurer_id=by.organization_id if scope_of(by).organizations else None,
    )
    if persons <= AT_ONCE:
        content = _workbook(download, by)
        _record(download, by)
        return download, None, content
    title = f"下载{download}"
    job = enqueue(
        "roster_download", title=title, by=by, target_id=download.pk, url=f"/roster/downloads/{download.pk}.xlsx"
    )
    return download, job, b""


def make_download(*, download_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """Write the ordered workbook and keep it, sealed, for some days. Safe to run twice: a file that is there stays."""
    scope = scope_of(by)
    with acting(scope):
        download = visible(RosterDownload, by).select_related("edition", "township").get(pk=download_id)
    if not may(by, ACT_OF_STEP[download.step]):
        raise JobRefused("您现在的角色不能下载这份名册，没有生成文件")
    progress.stage("写工作簿", total=download.persons)
    content = _workbook(download, by, progress)
    with transaction.atomic(), acting(scope):
        progress.hold()
        fresh = visible(RosterDownload, by).get(pk=download_id)
        if fresh.file_id is None:
            download.file = store_file(
                content, name=file_name(download), content_type=XLSX, purpose=StoredFile.Purpose.EXPORT, by=by,
                region_path=download.region_path, insurer_id=download.insurer_id, expires_at=timezone.now() + KEPT_FOR,
            )  # fmt: skip
            download.save(update_fields=["file", "persons"])
            _record(download, by)
    return {"persons": download.persons}


def file_name(download: RosterDownload) -> str:
    return f"{download.edition.terms.short_title} {download}.xlsx"


def _record(download: RosterDownload, by: User) -> None:
    record("roster.download", by=by, target=download, step=download.step, persons=download.persons)


def _ready(edition: Edition, township: Region | None, step: str, by: User) -> QuerySet[TownshipRoster]:
    """The rosters that have come as far as this step, or further."""
    path = path_of(edition.terms.roster_steps.order) if edition.terms.roster_steps else ()
    reached = path[path.index(step) :] if step in path else (IN_FORCE,)
    rosters = visible(TownshipRoster, by).filter(edition=edition, state__in=reached)
    return rosters.filter(township=township) if township else rosters


def _ready_totals(edition: Edition, township: Region | None, step: str, by: User) -> QuerySet[VillageTotal]:
    townships = _ready(edition, township, step, by).values("township_id")
    return visible(VillageTotal, by).filter(edition=edition, township_id__in=townships)


def _workbook(download: RosterDownload, by: User, progress: Progress | None = None) -> bytes:
    """The people whom `by` sees now, in the layout of who asked."""
    with acting(scope_of(by)):
        police = download.step == RosterDownload.Step.POLICE
        layout = FOR_POLICE if police else layout_of(by.organization, by)[0]
    columns = [ListColumn(one.title, COLUMNS[one.key].width) for one in layout.columns]
    people = _people(download, by, layout, progress)
    out = io.BytesIO()
    download.persons = write_long_list(out, sheet="名册", columns=columns, rows=rows_in(layout, people))
    return out.getvalue()


def _people(download: RosterDownload, by: User, layout: Layout, progress: Progress | None) -> Iterator[Person]:
    """Township by township, each read in a transaction of its own, so that progress is seen and no lock is held."""
    scope, number = scope_of(by), 0
    with acting(scope):
        ready = _ready(download.edition, download.township, download.step, by).order_by("township_id")
        townships = list(ready.values_list("township_id", flat=True))
        regions = Region.objects.filter(path__startswith=download.edition.place.path)
        names = dict(regions.values_list("pk", "name"))
    for township in townships:
        with acting(scope):
            people = list(_people_of(download.edition, township, by, layout, names, number))
        yield from people
        number += len(people)
        if progress is not None:
            progress.advance(number)


def _people_of(
    edition: Edition, township: int, by: User, layout: Layout, names: Mapping[int, str], before: int
) -> Iterator[Person]:
    today, with_birth, with_phone = timezone.localdate(), layout.asks("birth_date"), layout.asks("phone")
    rows = visible(Enrollment, by).filter(edition=edition, township_id=township, removed_at__isnull=True)
    rows = rows.order_by("village_id", "id").defer("content", "account", "bank", "initials")
    for number, row in enumerate(rows.iterator(chunk_size=CHUNK), start=before + 1):
        id_number = row.id_number.reveal()
        yield Person(
            number=number, key=row.pk, name=row.name, id_kind=row.id_kind, id_number=id_number, sex=row.sex,
            birth_date=_birth_date(id_number, today) if with_birth else None, household=row.household,
            relation=row.relation, township=names.get(row.township_id, ""), village=names.get(row.village_id, ""),
            group=row.group, address=row.address, phone=row.phone.reveal() if with_phone else "",
            covered_from=row.covered_from or edition.first_day, covered_to=row.covered_to or edition.last_day,
        )  # fmt: skip


def _birth_date(id_number: str, today: date) -> date | None:
    found = check_id_number(id_number, today=today)
    return found.birth_date if isinstance(found, IdNumber) else None

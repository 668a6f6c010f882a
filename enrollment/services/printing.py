"""Papers of a roster are ordered and printed: at once for a village, as a job for a township."""

from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import Sum

from enrollment.models import Paper, PrintOrder, PublicNotice, RosterPrint
from enrollment.papers.content import combined, contents_of
from enrollment.papers.leaflets import leaflets_sheet
from enrollment.papers.notice_paper import notice_sheet
from enrollment.papers.places import people_of, totals_of, villages_of
from enrollment.papers.roster_paper import COPIES, roster_sheet
from enrollment.papers.sheets import Sheet, Village
from enrollment.papers.slips import slips_sheet
from enrollment.services.slip_numbers import number_slips
from office.exports import keep_export
from office.files import erase_bytes
from office.jobs import JobRefused, Progress, enqueue
from office.models import Job
from office.printing import PrintFailed, render_pdf
from orgs.audit import record
from orgs.models import Region, User
from orgs.permissions import may
from orgs.responses import PDF
from orgs.scope import acting, scope_of, visible
from schemes.models import Edition

AT_ONCE = 500  # people: their paper is printed while one waits
MOST_IN_ONE = 15_000  # people: beyond that a township's slips come by village only
ACTS = {
    Paper.ROSTER: "roster.print",
    Paper.NOTICE: "notice.post",
    Paper.SLIPS: "paper.print",
    Paper.LEAFLETS: "paper.print",
    Paper.GENERAL: "paper.print",
}


class PrintRefused(Exception):
    """There is nothing to print; the message says why and what to do."""


@transaction.atomic
def order_print(
    *, edition: Edition, township: Region, village: Region | None, kind: str, copies: int = 1, by: User
) -> tuple[PrintOrder, Job | None]:
    """Print at once, or put the order into the 任务中心 where there is much to print. Raises PrintRefused."""
    totals = totals_of(edition, township, village, by)
    persons = totals.aggregate(persons=Sum("persons"))["persons"] or 0
    place = village or township
    if not persons:
        raise PrintRefused(f"“{place.name}”的名册还是空的，没有可打印的；请先导入名册")
    order = PrintOrder.objects.create(
        edition=edition,
        township=township,
        village=village,
        region_path=place.path,
        insurer_id=edition.assignments.filter(township=township).values_list("insurer_id", flat=True).first(),
        kind=kind,
        copies=max(1, min(copies, len(COPIES))),
        ordered_by=by,
    )
    if persons <= AT_ONCE or kind == Paper.GENERAL:
        _write(order, by, _rendered(list(sheets_of(order, by))))
        return order, None
    record("paper.order", by=by, target=order, kind=kind, persons=persons)
    title = f"打印 {place.name}{order.get_kind_display()}"
    return order, enqueue("roster_print", title=title, by=by, target_id=order.pk, url=f"/prints/orders/{order.pk}/")


def print_ordered(*, order_id: int, by: User, progress: Progress) -> dict[str, int]:
    """The job of a long order; begun anew, what an earlier try had printed goes."""
    progress.stage("取名册")
    with acting(scope_of(by)):
        order = PrintOrder.objects.select_related("edition__place", "township", "village", "insurer").get(pk=order_id)
        if not may(by, ACTS[Paper(order.kind)]):
            raise JobRefused("要打印的人已停用或不再负责名册，没有打印；请由现在的经办人重新打印")
        try:
            sheets = list(sheets_of(order, by))
        except PrintRefused as refused:
            raise JobRefused(str(refused)) from refused
    try:
        done = _rendered(sheets, progress)
    except PrintFailed as failed:
        raise JobRefused(f"一次要印的太多，没有印成，请按村打印（{failed}）") from failed
    with transaction.atomic(), acting(scope_of(by)):
        progress.hold()
        RosterPrint.objects.filter(order=order).delete()
        _write(order, by, done)
    return {"files": len(done), "persons": max((sheet.persons for sheet, _ in done), default=0)}


def sheets_of(order: PrintOrder, by: User) -> Iterator[Sheet]:
    """What the order comes to, from the roster as it stands: one sheet, or one a village and one for all of them."""
    edition, township, village = order.edition, order.township, order.village
    people = people_of(edition, township, village, by)
    if order.kind == Paper.ROSTER:
        yield roster_sheet(edition, township, village, people, order.copies, by)
    elif order.kind == Paper.NOTICE:
        yield from _notices(order, by)
    elif order.kind == Paper.GENERAL:
        content = combined(contents_of(people))
        yield leaflets_sheet(edition, village or township, (), content, order.insurer, by)
    else:
        yield from _by_household(order, by)


def _notices(order: PrintOrder, by: User) -> Iterator[Sheet]:
    notices = visible(PublicNotice, by).filter(edition=order.edition, township=order.township)
    notices = notices.exclude(state=PublicNotice.State.WITHDRAWN).select_related("village__parent")
    if order.village_id:
        notices = notices.filter(village=order.village)
    posted = list(notices.order_by("region_path"))
    if not posted:
        raise PrintRefused(f"“{order.place.name}”还没有公示，请先填公示期")
    contents = contents_of(people_of(order.edition, order.township, order.village, by))
    for notice in posted:
        if notice.village_id in contents:
            people = people_of(order.edition, order.township, notice.village, by)
            days = (notice.first_day, notice.last_day)
            yield notice_sheet(order.edition, notice.village, people, contents[notice.village_id], days, by)


def _by_household(order: PrintOrder, by: User) -> Iterator[Sheet]:
    """Slips or leaflets: a sheet for each village; one for the whole township where it isn't too much."""
    people = people_of(order.edition, order.township, order.village, by)
    contents, villages = contents_of(people), villages_of(people)
    make = _maker(order, villages, by)
    for one in villages:
        yield make(one.region, [one], contents[one.region.pk])
    if len(villages) > 1 and order.village_id is None:
        content = combined(contents)
        if content.persons <= MOST_IN_ONE:
            yield make(order.township, villages, content)


def _maker(order: PrintOrder, villages: list[Village], by: User) -> Callable[..., Sheet]:
    edition, insurer = order.edition, order.insurer
    if order.kind == Paper.LEAFLETS:
        return lambda place, some, content: leaflets_sheet(edition, place, some, content, insurer, by)
    numbered = number_slips(
        edition=edition, township=order.township, villages=villages, insurer_id=order.insurer_id, by=by
    )
    return lambda place, some, content: slips_sheet(edition, place, some, numbered, content, insurer, by)


def _rendered(sheets: list[Sheet], progress: Progress | None = None) -> list[tuple[Sheet, bytes]]:
    """Every sheet with its PDF. The lease of a job is renewed while it prints."""
    if progress is not None:
        progress.stage("打印", total=len(sheets))
    done = []
    for sheet in sheets:
        beat = progress.hold if progress is not None else (lambda: None)
        done.append((sheet, render_pdf(sheet.document, sheet.data, beat=beat)))
        if progress is not None:
            progress.advance(len(done))
    return done


def _write(order: PrintOrder, by: User, done: list[tuple[Sheet, bytes]]) -> None:
    """Keep the files and put the prints on record; where that fails no file stays behind."""
    kept = []
    try:
        with transaction.atomic():
            for sheet, pdf in done:
                kept.append(_keep(order, sheet, pdf, by).file.uuid)
    except BaseException:
        for uuid in kept:
            erase_bytes(uuid)
        raise


def _keep(order: PrintOrder, sheet: Sheet, pdf: bytes, by: User) -> RosterPrint:
    path = (sheet.village or order.township).path
    file = keep_export(pdf, name=sheet.name, content_type=PDF, by=by, region_path=path, insurer_id=order.insurer_id)
    printed = RosterPrint.objects.create(
        order=order,
        edition=order.edition,
        township=order.township,
        village=sheet.village,
        region_path=path,
        insurer_id=order.insurer_id,
        kind=order.kind,
        code=sheet.code,
        digest=sheet.digest,
        persons=sheet.persons,
        households=sheet.households,
        premium_fen=sheet.premium_fen,
        copies=order.copies,
        unprintable=sheet.unprintable,
        snapshot=b"" if _is_kept(order, sheet, by) else sheet.snapshot,
        file=file,
        printed_by=by,
    )
    record(
        "paper.print", by=by, target=printed, kind=order.kind, persons=sheet.persons, code=sheet.code,
        copies=order.copies, unmasked=order.kind == Paper.ROSTER, sha256=file.sha256,
    )  # fmt: skip
    return printed


def _is_kept(order: PrintOrder, sheet: Sheet, by: User) -> bool:
    """Whether an earlier print of the same content holds its people."""
    same = visible(RosterPrint, by).filter(edition=order.edition, township=order.township, village=sheet.village)
    return same.filter(digest=sheet.digest).exclude(snapshot=b"").exists()

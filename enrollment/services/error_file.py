"""The workbook that goes back to the person: their own with 错误原因, or the empty template."""

import io
from typing import Any

from enrollment.models import RosterBatch, RosterRow
from enrollment.places import region_index
from enrollment.roster.columns import Header
from enrollment.roster.error_book import write_error_book
from enrollment.roster.facts import Looked
from enrollment.roster.problems import RowProblem
from enrollment.roster.template_book import write_template
from office.failpoints import failpoint
from office.files import erase_file, store_file
from office.jobs import Progress
from office.models import StoredFile
from orgs.models import Region, User
from orgs.responses import XLSX
from orgs.scope import acting, scope_of, visible
from schemes.models import Edition

WRONG = (RosterRow.Outcome.INVALID, RosterRow.Outcome.DUPLICATE, RosterRow.Outcome.CONFLICT)


def make_error_file(
    batch: RosterBatch,
    by: User,
    content: bytes,
    looked: Looked,
    headers: dict[str, Header],
    counts: dict[str, Any],
    progress: Progress,
) -> None:
    """Keep the error workbook of a batch, where it has wrong rows; one of a worker that died since is dropped."""
    if not counts["rejected"]:
        return
    out = io.BytesIO()
    with acting(scope_of(by)):
        wrong = _wrong_rows(batch, by)
    write_error_book(content, looked, headers=headers, wrong=wrong, out=out)
    stem = batch.file_name.rsplit(".", 1)[0]
    former = batch.error_file
    with progress.holding(), acting(scope_of(by)):
        file = store_file(
            out.getvalue(),
            name=f"{stem}-错误原因.xlsx",
            content_type=XLSX,
            purpose=StoredFile.Purpose.ERROR_BOOK,
            by=by,
            region_path=batch.region_path,
        )
        failpoint("error-book-half-written")
        RosterBatch.objects.filter(pk=batch.pk).update(error_file=file)
        if former is not None:
            erase_file(former)


def _wrong_rows(batch: RosterBatch, by: User) -> dict[tuple[str, int], list[RowProblem]]:
    rows = visible(RosterRow, by).filter(batch=batch, outcome__in=WRONG).order_by("id")
    return {
        (sheet, number): [RowProblem(p["column"], p["kind"], p["found"], p["message"], p["mend"]) for p in problems]
        for sheet, number, problems in rows.values_list("sheet", "number", "problems").iterator(chunk_size=5000)
    }


def template_for(edition: Edition, user: User) -> tuple[str, bytes]:
    """Name and bytes of the workbook to fill in, for the person's township or, for a county, with a column 乡镇."""
    region = user.organization.region
    out = io.BytesIO()
    if region.level == Region.Level.TOWNSHIP:
        township = region_index(edition, user).townships[region.pk]
        write_template(out, township=region.name, villages=[village.name for village in township.villages])
        return f"{region.name}{edition.title}参保名册模板.xlsx", out.getvalue()
    write_template(out, township="", villages=())
    return f"{region.name}{edition.title}参保名册模板.xlsx", out.getvalue()

"""The workbook that goes back to the person: their own with 错误原因, or the empty template."""

import io
from collections.abc import Mapping

from enrollment.models import RosterFile, RosterRow
from enrollment.places import region_index
from enrollment.roster.error_book import write_error_book
from enrollment.roster.facts import Looked
from enrollment.roster.headers import Header
from enrollment.roster.problems import RowProblem
from enrollment.roster.template_book import write_template
from enrollment.roster.wrong_rows import WrongRows
from office.failpoints import failpoint
from office.files import erase_file, open_file, store_file
from office.jobs import Progress
from office.models import StoredFile
from orgs.models import Region, User
from orgs.responses import XLSX
from orgs.scope import acting, scope_of, visible
from schemes.models import Edition

WRONG = (RosterRow.Outcome.INVALID, RosterRow.Outcome.DUPLICATE, RosterRow.Outcome.CONFLICT)


def make_error_file(
    file: RosterFile,
    by: User,
    *,
    looked: Looked,
    headers: Mapping[str, Header],
    kept: WrongRows,
    progress: Progress,
) -> None:
    """Keep the error workbook of a file, where it has wrong rows; one of a worker that died since is dropped."""
    with acting(scope_of(by)):
        wrong = _wrong_rows(file, by)
    if not wrong:
        return
    out = io.BytesIO()
    with open_file(file.file) as stream:
        write_error_book(stream, looked, headers=headers, wrong=wrong, out=out, kept=kept)
    with progress.holding(), acting(scope_of(by)):
        former = file.error_file  # under the scope: row security shows it to nobody without one
        stored = store_file(
            [out.getbuffer()],
            name=f"{file.name.rsplit('.', 1)[0][:180]}-错误原因.xlsx",
            content_type=XLSX,
            purpose=StoredFile.Purpose.ERROR_BOOK,
            by=by,
            region_path=file.region_path,
        )
        failpoint("error-book-half-written")
        RosterFile.objects.filter(pk=file.pk).update(error_file=stored)
        if former is not None:
            erase_file(former)


def _wrong_rows(file: RosterFile, by: User) -> dict[tuple[str, int], list[RowProblem]]:
    rows = visible(RosterRow, by).filter(batch=file.batch_id, file_number=file.number, outcome__in=WRONG).order_by("id")
    return {
        (sheet, number): [RowProblem(p["column"], p["kind"], p["found"], p["message"], p["mend"]) for p in problems]
        for sheet, number, problems in rows.values_list("sheet", "number", "problems").iterator(chunk_size=5000)
    }


def template_for(edition: Edition, user: User) -> tuple[str, bytes]:
    """Name and bytes of the workbook to fill in, for the person's township or, for a county, with a column 乡镇."""
    region = user.organization.region
    places = region_index(edition, user).townships
    own = places.get(region.parent_id if region.level == Region.Level.VILLAGE else region.pk)
    out = io.BytesIO()
    if own is not None:
        write_template(out, township=own.name, villages=[village.name for village in own.villages])
        return f"{region.name}{edition.title}参保名册模板.xlsx", out.getvalue()
    write_template(out, township="", villages=())
    return f"{region.name}{edition.title}参保名册模板.xlsx", out.getvalue()

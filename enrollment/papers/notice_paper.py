"""公示名单 for a village's board: masked names, group and household number, and nothing else of anybody."""

from datetime import date

from django.db.models import QuerySet

from calc.names import mask_name
from enrollment.models import Enrollment, Paper
from enrollment.papers.content import RosterContent
from enrollment.papers.families import families_of
from enrollment.papers.sheets import Names, Sheet, code_of, stamp_of, title_of
from orgs.models import Organization, Region, User
from orgs.services.regions import full_name
from schemes.models import Edition

ABREAST = 2  # people side by side on a page


def notice_code(edition: Edition, village: Region, content: RosterContent, first_day: date, last_day: date) -> str:
    """What the notice's paper says: another one for other people, or other days."""
    return code_of(Paper.NOTICE, edition, village, [content.digest, first_day, last_day])


def notice_sheet(
    edition: Edition,
    village: Region,
    people: QuerySet[Enrollment],
    content: RosterContent,
    days: tuple[date, date],
    by: User,
) -> Sheet:
    """The list of one village with the days and where to object."""
    names, code = Names(), notice_code(edition, village, content, *days)
    title = title_of(edition, (full_name(village),), "参保名单公示")
    data = {
        "title": title,
        "lead": _lead(edition, content, *days),
        "columns": ABREAST,
        "rows": masked_rows(people, names),
        "below": [where_to_object(village), *names.mark()],
        "seal": village.name,
        "code": code,
    }
    return Sheet(
        "notice", f"{title}.pdf", village, data | stamp_of(by), code, content.digest, content.persons,
        content.households, snapshot=content.snapshot, unprintable=len(names.unprintable),
    )  # fmt: skip


def masked_rows(people: QuerySet[Enrollment], names: Names) -> list[list[str]]:
    """Number, masked name, group, household number; the whole list of a village."""
    rows: list[list[str]] = []
    for _, families in families_of(people):
        for family in families:
            for member in family.members:
                number = len(rows) + 1
                rows.append([str(number), names.printed(mask_name(member.name), number), member.group, family.number])
    return rows


def _lead(edition: Edition, content: RosterContent, first_day: date, last_day: date) -> str:
    days = (last_day - first_day).days + 1
    return (
        f"根据{edition.terms.notice.title}（{edition.terms.notice.number}），"
        f"现将本村参保名单公示如下，共 {content.persons:,} 人。"
        f"公示期自 {first_day} 至 {last_day}，共 {days} 天。为保护个人信息，姓名隐去一字，不列证件号码。"
    )


def where_to_object(village: Region) -> str:
    """`对名单有异议的，请在公示期内向村里或大周镇提出。电话：…`"""
    office = Organization.objects.filter(kind=Organization.Kind.TOWNSHIP, region=village.parent_id, active=True).first()
    name = office.name if office else f"{village.parent.name if village.parent else ''}人民政府"
    call = f"，电话 {office.hotline}" if office and office.hotline else ""
    return f"对名单有异议的（不该参保的在内、该参保的没有、姓名有误），请在公示期内向{village.name}或{name}提出{call}。"

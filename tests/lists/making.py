"""Lists as offices send them, and what a county does with them; everybody made up."""

from datetime import date
from typing import Any

from enrollment.models import PersonList
from enrollment.services.list_uploading import ListOrder, upload_list
from office import jobs
from orgs.models import User
from orgs.scope import acting, scope_of, system_scope
from schemes.models import Edition
from tests.cast import id_number, read_edition

HEADER = ("姓名", "身份证号", "乡镇", "村", "日期")


def csv_of(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> bytes:
    return "\r\n".join(",".join(row) for row in (header, *rows)).encode("utf-8-sig")


def row_of(n: int, *, name: str = "谭某华", place: str = "", village: str = "", day: str = "") -> tuple[str, ...]:
    return (name, id_number(n), place, village, day)


def sent(
    kind: str, content: bytes, by: User, *, name: str = "名单.csv", edition: Edition | None = None, **more: Any
) -> tuple[PersonList, Any]:
    """A list that waits to be read, with its job."""
    order = ListOrder(
        kind=kind, title=more.pop("title", f"{kind} 名单"), as_of=date(2021, 6, 30), source="某局", **more
    )
    with acting(scope_of(by)):
        return upload_list(edition=edition or read_edition(), order=order, name=name, content=content, by=by)


def in_force(kind: str, *rows: tuple[str, ...], by: User, **more: Any) -> PersonList:
    """A list as the page makes it, read and in force."""
    made, job = sent(kind, csv_of(*rows), by, **more)
    assert jobs.run(job.pk)
    made = reread(made)
    assert made.state == "in_force", (made.refusal, made.counts)
    return made


def reread(made: PersonList) -> PersonList:
    with system_scope("tests look"):
        return PersonList.objects.select_related("error_file").get(pk=made.pk)

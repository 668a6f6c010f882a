"""A list begins and ends: the file is kept and its reading rung for; a list that was wrong is withdrawn."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from enrollment.lists import kinds_for
from enrollment.models import ListedPerson, PersonList
from enrollment.services.member_sums import sum_up_beside
from office.files import store_file
from office.jobs import enqueue
from office.models import Job, StoredFile
from orgs.audit import record
from orgs.models import User
from orgs.responses import XLSX
from orgs.scope import scope_of, system_scope, visible
from schemes.models import Edition

MOST_BYTES = 120 * 1024 * 1024  # 1.2 million rows as CSV are some 80 MB
STATE = PersonList.State


class ListRefused(Exception):
    """The list is not taken, or can't be withdrawn; the message says why and what to do."""


@dataclass(frozen=True)
class ListOrder:
    """What somebody says of the file that they send. `everywhere`: for every edition of the place."""

    kind: str
    title: str
    as_of: date
    source: str
    everywhere: bool = False
    replaces: PersonList | None = None


@transaction.atomic
def upload_list(*, edition: Edition, order: ListOrder, name: str, content: bytes, by: User) -> tuple[PersonList, Job]:
    """Keep the file and ring for its reading. Raises ListRefused."""
    _demand_usable(edition, order, name, content, by)
    path = edition.place.path
    file = store_file(content, name=name, content_type=XLSX, purpose=StoredFile.Purpose.ROSTER, by=by, region_path=path)
    made = PersonList.objects.create(
        edition=None if order.everywhere else edition,
        kind=order.kind,
        title=order.title,
        as_of=order.as_of,
        source=order.source,
        replaces=order.replaces,
        region_path=path,
        file=file,
        file_name=file.name,
        file_sha256=hashlib.sha256(content).hexdigest(),
        made_by=by,
    )
    record("list.upload", by=by, target=made, kind=made.kind, file=file.name, size=len(content), sha256=file.sha256)
    job = enqueue(
        "list_import", title=f"读入名单 {made.title}", by=by, target_id=made.pk, url=f"/person-lists/{made.pk}/"
    )
    return made, job


def _demand_usable(edition: Edition, order: ListOrder, name: str, content: bytes, by: User) -> None:
    if scope_of(by).region_path != edition.place.path:
        raise ListRefused(f"名单由{edition.place.name}的主管部门导入")
    if order.kind not in kinds_for(edition):
        raise ListRefused(f"{edition.title}没有写明这类人不参保，这份名单不会起作用")
    if not content:
        raise ListRefused(f"“{name}”是空文件，请重新选择")
    if len(content) > MOST_BYTES:
        raise ListRefused(f"“{name}”超过 120 MB，请按乡镇分成几份名单上传")
    _refuse_same_file(edition, order, hashlib.sha256(content).hexdigest(), by)


def _refuse_same_file(edition: Edition, order: ListOrder, digest: str, by: User) -> None:
    applies = {"edition": None if order.everywhere else edition, "kind": order.kind}
    open_lists = visible(PersonList, by).filter(state__in=(STATE.CHECKING, STATE.IN_FORCE), file_sha256=digest)
    same = open_lists.filter(**applies).first()
    if same is not None:
        when = timezone.localtime(same.created_at).strftime("%Y-%m-%d %H:%M")
        raise ListRefused(
            f"这份文件与 {when} 导入的《{same.title}》完全相同（{same.get_state_display()}），没有再次处理；"
            "要重新导入，请先撤下那一份"
        )


@transaction.atomic
def withdraw_list(*, person_list: PersonList, reason: str, by: User) -> None:
    """Take a list out of force; rosters checked from now on are no longer matched with it. Raises ListRefused."""
    if not reason.strip():
        raise ListRefused("请写明撤下的原因")
    in_force = visible(PersonList, by).filter(pk=person_list.pk, state=STATE.IN_FORCE)
    now = timezone.now()
    if not in_force.update(state=STATE.WITHDRAWN, withdrawn_at=now, withdrawn_by=by, withdrawn_reason=reason.strip()):
        raise ListRefused("这份名单不在用，不用再撤下")
    sum_up_beside(person_list)
    record("list.withdraw", by=by, target=person_list, reason=reason.strip())


def free_list(*, list_id: int, refusal: str) -> None:
    """After a reading that failed or that nobody may do any more: the list is refused, its rows are gone."""
    with system_scope("名单任务出错：放开名单"), transaction.atomic():
        open_list = PersonList.objects.filter(pk=list_id, state=STATE.CHECKING)
        if open_list.update(state=STATE.REFUSED, refusal=refusal):
            ListedPerson.objects.filter(list_id=list_id).delete()

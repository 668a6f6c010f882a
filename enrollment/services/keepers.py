"""Who looks after a village or one of its groups: entered and ended by the township's clerk."""

from django.db import transaction
from django.utils import timezone

from enrollment.models import VillageKeeper
from orgs.audit import record
from orgs.models import Region, User
from orgs.scope import scope_of, visible
from schemes.models import Edition


class KeeperRefused(Exception):
    """The entry is not taken; the message says why."""


@transaction.atomic
def enter_keeper(
    *, edition: Edition, village: Region, kind: str, group: str, name: str, phone: str, by: User
) -> VillageKeeper:
    """Put somebody on record; the insurer of the township sees whom to call. Raises KeeperRefused."""
    if not village.path.startswith(scope_of(by).region_path) or village.level != Region.Level.VILLAGE:
        raise KeeperRefused("只能登记本乡镇的村")
    if kind == VillageKeeper.Kind.GROUP and not group:
        raise KeeperRefused("组协管员要写明哪个组")
    group = group if kind == VillageKeeper.Kind.GROUP else ""
    same = visible(VillageKeeper, by).filter(village=village, kind=kind, group=group, name=name, ended_at__isnull=True)
    if same.exists():
        raise KeeperRefused(f"{village.name}已经登记了{name}")
    assignment = edition.assignments.filter(township=village.parent_id).first()
    made = VillageKeeper.objects.create(
        village=village, region_path=village.path, insurer_id=assignment.insurer_id if assignment else None,
        kind=kind, group=group, name=name, phone=phone, entered_by=by,
    )  # fmt: skip
    record("keeper.enter", by=by, target=made, village=village.name, kind=kind, group=group)
    return made


@transaction.atomic
def end_keeper(*, keeper: VillageKeeper, by: User) -> None:
    """Somebody no longer looks after it; they stay on record. Raises KeeperRefused."""
    if not visible(VillageKeeper, by).filter(pk=keeper.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        raise KeeperRefused(f"{keeper.name}已经停用")
    record("keeper.end", by=by, target=keeper, village=keeper.village.name, kind=keeper.kind, group=keeper.group)

"""An insurer's own layout of the roster: read, checked, kept."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from enrollment.models import InsurerLayout
from enrollment.roster.layout import COLUMNS, DATES, ID_KINDS, SEXES, STANDARD, Layout, LayoutColumn
from orgs.audit import record
from orgs.models import Organization, User
from orgs.scope import visible
from orgs.versions import EditConflict

MOST_TITLE, MOST_CODE = 30, 20


class LayoutRefused(Exception):
    """The layout can't be used; the message says what to mend."""


def layout_of(insurer: Organization, by: User) -> tuple[Layout, int]:
    """The insurer's layout with its version; ours, with version 0, until it has one."""
    kept = visible(InsurerLayout, by).filter(insurer=insurer).first()
    if kept is None:
        return STANDARD, 0
    columns = tuple(LayoutColumn(one["key"], one["title"]) for one in kept.columns if one["key"] in COLUMNS)
    return Layout(columns, kept.sex, kept.dates, kept.id_kinds), kept.version


def checked_layout(columns: Sequence[LayoutColumn], sex: str, dates: str, id_kinds: Mapping[str, str]) -> Layout:
    """The layout as typed, or LayoutRefused."""
    if not any(column.key == "id_number" for column in columns):
        raise LayoutRefused("版式里没有“证件号码”一列，承保结果就对不上人；请给它写上次序")
    titles = [column.title for column in columns]
    if doubled := next((title for title in titles if titles.count(title) > 1), ""):
        raise LayoutRefused(f"有两列都叫“{doubled}”，请改名，每列一个名称")
    if any(not title for title in titles):
        raise LayoutRefused("有的列没有名称，请填写列名")
    if sex not in SEXES or dates not in DATES:
        raise LayoutRefused("请选择性别和日期的写法")
    codes = {kind: code[:MOST_CODE] for kind, code in id_kinds.items() if kind in ID_KINDS and code}
    return Layout(tuple(LayoutColumn(one.key, one.title[:MOST_TITLE]) for one in columns), sex, dates, codes)


@transaction.atomic
def save_layout(*, layout: Layout, by: User, read_version: int) -> InsurerLayout:
    """Keep the layout for all of the insurer's people; EditConflict where somebody else saved one meanwhile."""
    rows = visible(InsurerLayout, by).select_for_update(of=("self",))
    kept = rows.filter(insurer=by.organization).first() or InsurerLayout(insurer=by.organization, version=0)
    if kept.version != read_version:
        raise EditConflict(kept)
    kept.columns = [{"key": one.key, "title": one.title} for one in layout.columns]
    kept.sex, kept.dates, kept.id_kinds = layout.sex, layout.dates, dict(layout.id_kinds)
    kept.changed_by, kept.changed_at = by, timezone.now()
    kept.version += 1
    kept.save()
    record("roster.layout", by=by, target=kept, columns=[one.key for one in layout.columns])
    return kept

"""The left menu: only what the role may do, in two levels."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from orgs.permissions import may


@dataclass(frozen=True)
class Item:
    label: str
    url_name: str
    act: str


GROUPS: tuple[tuple[str, tuple[Item, ...]], ...] = (
    ("", (Item("工作台", "workbench", "portal.use"),)),
    (
        "参保",
        (
            Item("参保名册", "roster", "roster.view"),
            Item("名册导入", "roster_upload", "roster.import"),
            Item("逐人录入", "roster_enter", "roster.import"),
            Item("批改", "endorsements", "endorsement.view"),
            Item("名册裁定", "roster_conflicts", "roster.decide"),
        ),
    ),
    (
        "上报",
        (
            Item("名册上报", "roster_progress", "roster.steps"),
            Item("打印与公示", "prints", "paper.view"),
            Item("名册版式", "insurer_layout", "roster.underwrite"),
        ),
    ),
    (
        "应保尽保",
        (
            Item("参保进度", "progress", "roster.progress"),
            Item("应保未保", "unenrolled", "unenrolled.view"),
            Item("名单", "person_lists", "list.manage"),
        ),
    ),
    ("理赔", (Item("报案", "claim_find_person", "claim.report"), Item("案件", "claim_list", "claim.view"))),
    ("方案", (Item("起草年度方案", "drafts", "edition.draft"),)),
    ("资金", (Item("保费分配表", "premiums", "premium.view"),)),
    (
        "管理",
        (
            Item("人员管理", "people", "people.manage"),
            Item("机构", "organizations", "people.manage"),
            Item("行政区划", "regions", "people.manage"),
            Item("接口令牌", "tokens", "token.manage"),
            Item("操作记录", "audit", "audit.view"),
        ),
    ),
    (
        "查询",
        (
            Item("年度方案", "editions", "edition.view"),
            Item("政策测算", "what_ifs", "edition.what_if"),
            Item("伤残评定标准", "disability_items", "edition.view"),
            Item("校验码核对", "check_code", "paper.check"),
            Item("任务中心", "jobs", "job.view"),
            Item("使用说明", "help", "portal.use"),
        ),
    ),
)


def menu_of(user: Any, path: str) -> list[dict[str, Any]]:
    """Groups with their items; the item whose address is the longest start of `path` is current."""
    groups = []
    for title, items in GROUPS:
        shown = [{"label": item.label, "url": reverse(item.url_name)} for item in items if may(user, item.act)]
        if shown:
            groups.append({"title": title, "items": shown})
    _mark_current([item for group in groups for item in group["items"]], path)
    return groups


def _mark_current(items: list[dict[str, Any]], path: str) -> None:
    fitting = [item for item in items if path.startswith(item["url"]) and (item["url"] != "/" or path == "/")]
    if fitting:
        max(fitting, key=lambda item: len(item["url"]))["current"] = True

"""Reference lists: template, export, import; all or nothing, every wrong row named."""

from typing import Any

import tablib
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET, require_http_methods
from import_export.formats.base_formats import XLSX
from import_export.results import Result

from orgs.audit import record
from orgs.forms import PeopleListForm
from orgs.permissions import grants
from orgs.resources import ListResource, list_named
from orgs.responses import XLSX as XLSX_TYPE
from orgs.responses import attachment

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS, MOST_XML = 20_000, 40 * 1024 * 1024


def _resource(request: HttpRequest, kind: str) -> ListResource:
    found = list_named(kind)
    if found is None:
        raise Http404
    return found(request.user)


@require_GET
@grants("people.manage")
def export_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The list as .xlsx; `?empty=1` gives the bare template."""
    resource = _resource(request, kind)
    rows = resource.get_queryset()
    empty = "empty" in request.GET
    dataset = resource.export(rows.none() if empty else rows)
    record("list.export", by=request.user, label=resource.title, kind=kind, rows=len(dataset))
    content = XLSX().export_data(dataset)
    title = f"{resource.title}{'模板' if empty else '名单'}.xlsx"
    return attachment(content, name=title, content_type=XLSX_TYPE)


@require_http_methods(["GET", "POST"])
@grants("people.manage")
def import_list(request: HttpRequest, kind: str) -> HttpResponse:
    """Import a list; nothing is written while one row is wrong."""
    resource = _resource(request, kind)
    form = PeopleListForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    context: dict[str, Any] = {
        "form": form,
        "list": resource,
        "name": resource.title,
        "kind": kind,
        "back": resource.back,
    }
    if request.method == "POST" and form.is_valid():
        dataset, problems = _read(form.cleaned_data["file"])
        if dataset is not None:
            problems, done = _import(resource, dataset)
            if not problems:
                return render(request, "orgs/list_imported.html", context | {"done": done, "told": resource.told})
    status = 422 if request.method == "POST" else 200
    return render(request, "orgs/list_import.html", context | {"problems": problems}, status=status)


def _read(file: Any) -> tuple[tablib.Dataset | None, list[str]]:
    if file.size > MOST_BYTES:
        return None, ["文件超过 5 MB，请分几次导入"]
    content = file.read()
    if not content.startswith(b"PK\x03\x04"):
        return None, ["不是 .xlsx 工作簿；请用 WPS 或 Excel 另存为 .xlsx 后再传"]
    if problem := _hostile(content, file.name):
        return None, [problem]
    try:
        return XLSX().create_dataset(content), []
    except Exception:  # the reader of the library raises what its parts raise
        return None, ["读不出这个文件；请用下载的模板填写后再传"]


def _hostile(content: bytes, name: str) -> str:
    """Why no parser may touch the workbook, or it is no list; "" where it may. The check stands in a higher room."""
    looked = import_string(settings.WORKBOOK_CHECK)(content, name=name)
    if looked.refusal is not None:
        return str(looked.refusal.message)
    if sum(sheet.rows for sheet in looked.sheets) > MOST_ROWS or sum(sheet.size for sheet in looked.sheets) > MOST_XML:
        return f"工作簿太大，一次最多导入 {MOST_ROWS:,} 行；请删去多余的工作表和空白区域的格式，分几次导入"
    formulas = [row_no for sheet in looked.sheets for row_no in sheet.formulas]
    return f"第 {min(formulas)} 行有公式或出错的值；请把整列复制，用“选择性粘贴 → 数值”贴回原处" if formulas else ""


def _import(resource: ListResource, dataset: tablib.Dataset) -> tuple[list[str], dict[str, int]]:
    with transaction.atomic():
        result = resource.import_data(dataset, dry_run=False, raise_errors=False, use_transactions=False)
        problems = _problems(result)
        if problems:
            transaction.set_rollback(True)
    return problems, {"new": result.totals["new"], "update": result.totals["update"]}


def _problems(result: Result) -> list[str]:
    """A sentence for every wrong row; sheet rows count the header."""
    found = [_plain(error.error) for error in result.base_errors]
    for invalid in result.invalid_rows:
        found += [f"第 {invalid.number + 1} 行：{message}" for message in invalid.error.messages]
    for number, errors in result.row_errors():
        found += [f"第 {number + 1} 行：{_plain(error.error)}" for error in errors]
    return found


def _plain(error: Exception) -> str:
    return str(error) if str(error) else "这一行读不出，请对照模板检查"

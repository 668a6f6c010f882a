"""Editions and quotes. Nothing here is stored."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.api.description import problems
from orgs.api.formats import YamlRenderer
from orgs.api.views import OneFormat, Pages, PortalView, Refused, Unknown
from schemes.api import description as shapes
from schemes.api.data import Quotable, edition_data, edition_line, readable_editions
from schemes.finding import EditionUnknown
from schemes.quote_lines import QuoteDesk
from schemes.rules.quoting import refusal_document
from schemes.rules.refusal import FactsRefused

MOST_QUOTES = 1000
CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="年度方案代码")
SAMPLE = {
    "edition": "wanzhou-2021",
    "coverage": "accident_medical",
    "facts": {"accident_date": "2021-05-01", "eligible_expense": "3000.00", "paid_by": {"basic_medical": "1000.00"}},
}


class Editions(PortalView):
    act = "edition.view"
    title = "年度方案"

    @extend_schema(
        operation_id="editions",
        summary="年度方案列表",
        description="本辖区已发布的年度方案，新的在前；主管部门还看得到草稿。",
        tags=["年度方案"],
        parameters=[
            OpenApiParameter("page", int, description=Pages.page_query_description),
            OpenApiParameter("size", int, description=Pages.page_size_query_description),
        ],
        responses={200: shapes.EditionPage, **problems()},
    )
    def get(self, request: Request) -> Response:
        pages = Pages()
        rows = pages.paginate_queryset(readable_editions(request.user).defer("document"), request, view=self)
        return pages.get_paginated_response([edition_line(edition) for edition in rows or ()])


class EditionTerms(PortalView):
    act = "edition.view"
    title = "年度方案条款"

    @extend_schema(
        operation_id="edition",
        summary="年度方案的条款",
        description="保障责任、数、限额、口径、承保分片，都带条款依据。",
        tags=["年度方案"],
        parameters=[CODE],
        responses={200: shapes.EditionTermsShown, **problems()},
    )
    def get(self, request: Request, code: str) -> Response:
        return Response(edition_data(get_object_or_404(readable_editions(request.user), code=code)))


class EditionDocument(PortalView):
    act = "edition.view"
    has_page = False
    renderer_classes = [YamlRenderer]
    content_negotiation_class = OneFormat

    @extend_schema(
        operation_id="edition_document",
        summary="年度方案的条款文档",
        description="YAML 原文，逐字节与发布时相同；其 SHA-256 即列表里的 sha256。",
        tags=["年度方案"],
        parameters=[CODE],
        responses={(200, "application/yaml"): OpenApiResponse(OpenApiTypes.STR, "YAML 原文"), **problems()},
    )
    def get(self, request: Request, code: str) -> Response:
        edition = get_object_or_404(readable_editions(request.user), code=code)
        headers = {"Content-Disposition": f'attachment; filename="{edition.code}.yaml"'}
        return Response(edition.document, headers=headers)


class Quotes(PortalView):
    act = "edition.try"
    title = "理算"
    sample = SAMPLE

    @extend_schema(
        operation_id="quote",
        summary="理算一件",
        description="按已发布的条款算应赔金额，列出每一步及其依据；不保存任何内容。有修订的，按决定这项责任的那个日期（如事故日期）当天的条款算，没有写这个日期的按今天的条款；其他没有写的日期按在保险期间内算。",
        tags=["理算"],
        request=shapes.QuoteAsked,
        responses={200: shapes.QuoteAnswer, **problems(400, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        try:
            return Response(QuoteDesk(Quotable(request.user)).quote(request.data))
        except FactsRefused as refused:
            raise Refused(refusal_document(refused)["errors"]) from refused  # type: ignore[arg-type]
        except EditionUnknown as unknown:
            raise Unknown([{"where": "edition", "message": str(unknown)}], str(unknown)) from unknown


class QuoteBatch(PortalView):
    act = "edition.try"
    title = "批量理算"
    sample = {"quotes": [SAMPLE]}

    @extend_schema(
        operation_id="quote_batch",
        summary="理算一批",
        description=f"最多 {MOST_QUOTES} 条，答复与所问同序；一条算不了不影响别的。不保存任何内容。",
        tags=["理算"],
        request=shapes.BatchAsked,
        responses={200: shapes.BatchAnswer, **problems(400, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        desk = QuoteDesk(Quotable(request.user))
        return Response({"answers": [desk.answer_to(document) for document in _quotes(request.data)]})


def _quotes(data: Any) -> list[Any]:
    """The documents of a batch; Refused where it is none."""
    quotes = data.get("quotes") if isinstance(data, dict) else None
    if not isinstance(quotes, list) or set(data) != {"quotes"}:
        raise Refused([{"where": "quotes", "message": '应是 {"quotes": […]}，每条写明 edition、coverage 和 facts'}])
    if len(quotes) > MOST_QUOTES:
        message = f"一次最多 {MOST_QUOTES} 条，这一批有 {len(quotes)} 条，请分几次发"
        raise Refused([{"where": "quotes", "message": message}])
    return quotes

"""The base of every view of the API, its list of addresses and its OpenAPI description."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.access import MayAct, PersonAuthentication, TokenAuthentication
from orgs.api.formats import JsonParser, JsonRenderer, PageRenderer, TypedJsonParser
from orgs.api.problems import MEDIA_TYPE, Error, problem
from orgs.api.throttling import PersonThrottle


class Refused(exceptions.APIException):
    """The content can't be taken: 422, with every error."""

    status_code = 422

    def __init__(self, errors: Sequence[Error], detail: str = "") -> None:
        super().__init__(detail)
        self.errors, self.said = errors, detail


class Unknown(Refused):
    """Something named in the body does not exist, or not for whoever asks."""

    status_code = 404


class PortalView(APIView):
    """An address of the API. `act` stands in the table of orgs/permissions.py; without it nobody gets in."""

    act: str
    title = ""
    has_page = True
    sample: Any = None  # a body to start from, for the form of the page

    authentication_classes = [TokenAuthentication, PersonAuthentication]
    permission_classes = [MayAct]
    throttle_classes = [PersonThrottle]
    parser_classes = [JsonParser, TypedJsonParser]
    renderer_classes = [JsonRenderer]
    http_method_names = ["get", "head", "post"]

    def get_renderers(self) -> list[Any]:
        """A page for people; programs get JSON whatever they accept beside it."""
        asked = getattr(self.request, "_request", None)
        person = getattr(asked, "api_token", "") is None and asked.user.is_authenticated
        return [*super().get_renderers(), *([PageRenderer()] if person and self.has_page else [])]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        handled = hasattr(self, (request.method or "").lower())
        known = {parser.media_type for parser in self.parser_classes}
        if handled and request.method == "POST" and _media_type(request) not in known:
            raise exceptions.UnsupportedMediaType(request.content_type or "")

    def get_exception_handler(self) -> Any:
        return answer_problem

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Errors are problems whatever is accepted; a page around one wants a person who got in."""
        response = super().finalize_response(request, response, *args, **kwargs)
        shown = isinstance(response.accepted_renderer, PageRenderer) and response.status_code not in {401, 403}
        if getattr(response, "exception", False) and not shown:
            response.accepted_renderer, response.content_type = JsonRenderer(), MEDIA_TYPE
        return response


def _media_type(request: Request) -> str:
    return (request.content_type or "").split(";")[0].strip().lower()


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The problem that an exception means; None for a mistake of ours, which becomes 500 and a line in the log."""
    request = context["request"]._request
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    errors = getattr(error, "errors", ())
    data = problem(request, error.status_code, _detail(error, context), errors)
    return Response(data, status=error.status_code, headers=_headers(error, context))


def _detail(error: exceptions.APIException, context: dict[str, Any]) -> str:
    """What can be said more exactly than the status says it."""
    if isinstance(error, Refused):
        return error.said
    if isinstance(error, exceptions.MethodNotAllowed):
        return f"这个地址不接受 {context['request'].method}，可以用 {'、'.join(context['view'].allowed_methods)}"
    if isinstance(error, exceptions.Throttled):
        return f"请求太频繁，请 {int(error.wait or 60)} 秒后再试"
    own = isinstance(error, exceptions.ParseError | exceptions.AuthenticationFailed)
    return str(error.detail) if own else ""


def _headers(error: exceptions.APIException, context: dict[str, Any]) -> dict[str, str]:
    headers = {}
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(error.wait or 60))
    if isinstance(error, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    if auth_header := getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = auth_header
    return headers


class Pages(PageNumberPagination):
    """`?page=` and `?size=`, at most 100 a page."""

    page_size = 20
    page_size_query_param = "size"
    max_page_size = 100
    page_query_description = "第几页，从 1 起"
    page_size_query_description = "每页几条，最多 100"


class OneFormat(BaseContentNegotiation):
    """The answer has one form whatever is accepted."""

    def select_parser(self, request: Request, parsers: Sequence[Any]) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Index(PortalView):
    """Every address of the API, out of its description."""

    act = "portal.use"
    title = "数据接口"

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        endpoints = [
            {"method": method.upper(), "path": path, "summary": operation["summary"]}
            for path, operations in _schema(request)["paths"].items()
            for method, operation in operations.items()
        ]
        return Response({"endpoints": endpoints})


class Schema(PortalView):
    """The description itself: YAML, or JSON where that is accepted."""

    act = "portal.use"
    has_page = False
    renderer_classes = [OpenApiYamlRenderer, OpenApiJsonRenderer, OpenApiJsonRenderer2]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(_schema(request))


def _schema(request: Request) -> dict[str, Any]:
    """Of the whole API, whoever asks: the addresses are no secret, their rows are."""
    return SchemaGenerator().get_schema(request=request, public=True)

"""What comes in and goes out: JSON, and a page around it for people with a browser."""

import json
from typing import Any
from urllib.parse import parse_qs

from django.template.loader import render_to_string
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

NOT_JSON = "请求体不是 UTF-8 的 JSON 文档，请核对引号、括号和数字"


class JsonParser(BaseParser):
    """Strict JSON: no NaN, no Infinity, nothing nested without end."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return _read(stream.read())


class TypedJsonParser(BaseParser):
    """JSON typed into the form of the page, so that a browser without script can ask."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            typed = parse_qs(stream.read().decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
        except ValueError:
            raise ParseError(NOT_JSON) from None
        return _read(typed.get("json", [""])[0].encode())


def _read(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):  # wrong UTF-8, wrong JSON and numbers of 5,000 digits are ValueErrors
        raise ParseError(NOT_JSON) from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def to_json(data: Any, *, indent: int | None = None) -> bytes:
    """Half a surrogate pair, which JSON can say and UTF-8 can't, goes out escaped as it came in."""
    return json.dumps(data, cls=JSONEncoder, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace")


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else to_json(data)


class YamlRenderer(BaseRenderer):
    """A document as it is kept."""

    media_type = "application/yaml"
    format = "yaml"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return str(data).encode()


class PageRenderer(BaseRenderer):
    """The same answer within the portal's own page: no script, nothing from elsewhere."""

    media_type = "text/html"
    format = "html"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> str:
        view, request = renderer_context["view"], renderer_context["request"]._request
        context = {
            "title": view.title,
            "answer": to_json(data, indent=2).decode(),
            "endpoints": data.get("endpoints", ()) if isinstance(data, dict) else (),
            "status": renderer_context["response"].status_code,
            "sample": view.sample and (request.POST.get("json") or to_json(view.sample, indent=2).decode()),
        }
        return render_to_string("api/page.html", context, request=request)

"""Errors of the API as RFC 9457 problem details, in Chinese. Knows Django alone: middleware speaks it too."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

ROOT = "/api/"
MEDIA_TYPE = "application/problem+json"
Error = dict[str, str]


@dataclass(frozen=True)
class Kind:
    """What a status means: `name` ends the type's URN, `detail` is said where nothing more exact is known."""

    name: str
    title: str
    detail: str


KINDS: dict[int, Kind] = {
    400: Kind("bad-request", "请求看不懂", "请求的格式不对，请对照接口说明核对后再发"),
    401: Kind("not-authenticated", "没有通过身份验证", "请登录，或带上令牌：Authorization: Bearer 令牌"),
    403: Kind("forbidden", "请求被拒绝", "登录状态下的写请求要带 X-CSRFToken；程序请用令牌调用"),
    404: Kind("not-found", "没有找到", "没有这个地址或这条记录，或不在本账号的范围内"),
    405: Kind("method-not-allowed", "方法不对", "这个地址不接受这种请求方法"),
    406: Kind("not-acceptable", "没有这种格式的答复", "答复是 JSON，请把 Accept 写成 application/json 或不写"),
    413: Kind("too-large", "请求太大", "请求体最多 1 MB，请分几次发"),
    415: Kind("unsupported-media-type", "请求体的类型不对", "请求体应是 JSON，请写 Content-Type: application/json"),
    422: Kind("refused", "内容不能受理", "请按 errors 里的每一条改正后再发"),
    429: Kind("throttled", "请求太频繁", "请稍后再试，等待的秒数见 Retry-After"),
    500: Kind("failed", "系统出错", "系统出错，已记录；请把追踪号告诉管理员"),
    503: Kind("unavailable", "暂时不能使用", "系统暂时不能使用，请稍后再试"),
}


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(ROOT)


def problem(request: HttpRequest, status: int, detail: str = "", errors: Sequence[Error] = ()) -> dict[str, object]:
    """The members of a problem; `errors` names each thing to mend as `{"where", "message"}`."""
    kind = KINDS.get(status, KINDS[500 if status >= 500 else 400])
    return {
        "type": f"urn:portal:problem:{kind.name}",
        "title": kind.title,
        "status": status,
        "detail": detail or kind.detail,
        "instance": request.path_info,
        "trace": getattr(request, "trace", ""),
        "errors": list(errors),
    }


def problem_response(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    """For what fails before or outside a view of the API."""
    body = json.dumps(problem(request, status, detail), ensure_ascii=False).encode("utf-8", "backslashreplace")
    response = HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="portal"'
    return response

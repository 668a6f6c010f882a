"""What the OpenAPI description says of errors and tokens."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from orgs.api.problems import KINDS, MEDIA_TYPE


class ErrorLine(serializers.Serializer):
    where = serializers.CharField(help_text="哪一项，如 facts.eligible_expense；空的是整个文档")
    message = serializers.CharField(help_text="错在哪里、怎么改")


class Problem(serializers.Serializer):
    """RFC 9457 的错误说明"""

    type = serializers.CharField(help_text="错误的种类，如 urn:portal:problem:refused")
    title = serializers.CharField(help_text="种类的名称")
    status = serializers.IntegerField(help_text="HTTP 状态码")
    detail = serializers.CharField(help_text="这一次错在哪里、怎么改")
    instance = serializers.CharField(help_text="请求的地址")
    trace = serializers.CharField(help_text="追踪号，报给管理员时用")
    errors = ErrorLine(many=True, help_text="要改的每一处")


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The errors that an operation names, beside those that every one may answer with."""
    named = sorted({401, 404, 406, 429, *statuses})
    return {(status, MEDIA_TYPE): OpenApiResponse(Problem, KINDS[status].title) for status in named}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "orgs.api.access.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "系统管理员在“接口令牌”页面制发的令牌"}


class PersonScheme(OpenApiAuthenticationExtension):
    target_class = "orgs.api.access.PersonAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "登录门户后的会话；写请求另带 X-CSRFToken",
        }

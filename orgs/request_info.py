"""What the audit needs to know of the request at hand, without passing it through every call."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestInfo:
    trace: str = ""
    ip: str | None = None


NOBODY = RequestInfo()
request_info: ContextVar[RequestInfo] = ContextVar("portal_request", default=NOBODY)

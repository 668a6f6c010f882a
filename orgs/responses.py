"""Files sent to the browser."""

from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
CSV = "text/csv"


def attachment(content: bytes, *, name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """A download under its Chinese name (RFC 6266); nothing in it runs in the portal's own pages."""
    response = HttpResponse(content, content_type=content_type)
    disposition = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name)}"
    if not inline:  # a browser's own PDF page does not open in a sandbox
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

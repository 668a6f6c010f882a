"""A browser as far as a benchmark needs one: cookies, forms, a file, over plain HTTP."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

WAIT_SECONDS = 60
PERSON = re.compile(r'href="(/roster/person/\d+/)"')


class Unanswered(Exception):
    """The portal did not answer, or with an error; the message says which page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`address`: the path that redirections led to."""

    address: str
    headers: HTTPMessage
    text: str


class Browser:
    """One person's. `last_person`: the page of the first person of the last list that was seen; the list until then."""

    def __init__(self, origin: str) -> None:
        self.origin, self.cookies = origin, CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.last_person = "/roster/"

    def get(self, path: str) -> Answer:
        return self._open(Request(self.origin + path))  # noqa: S310 - the origin is ours

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        return self._send(path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def send_file(self, path: str, *, field: str, file: Path) -> Answer:
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{quote(file.name)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        return self._send(path, body, f"multipart/form-data; boundary={boundary}")

    def _send(self, path: str, body: bytes, kind: str) -> Answer:
        token = next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "") or ""
        headers = {"Content-Type": kind, "X-CSRFToken": token}
        return self._open(Request(self.origin + path, data=body, headers=headers))  # noqa: S310

    def _open(self, request: Request) -> Answer:
        try:
            with self.opener.open(request, timeout=WAIT_SECONDS) as response:
                text = response.read().decode()
                answer = Answer(urlsplit(response.url).path, response.headers, text)
        except HTTPError as error:
            raise Unanswered(f"{request.selector} 回答 {error.code}") from error
        except (OSError, HTTPException) as error:
            raise Unanswered(f"{request.selector} 没有回答（{type(error).__name__}）") from error
        if found := PERSON.search(answer.text):
            self.last_person = found[1]
        return answer

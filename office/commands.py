"""What the commands share: one JSON document for scripts, plain sentences for people, three exit codes.

0: done. 1: refused, with the sentences on standard error. 2: wrong usage (Django's parser sees to that).
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

NOT_READY = "数据库里还没有表，请先运行 python manage.py prepare"
Document = Mapping[str, Any] | list[Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """`where`: file, key or option; `message`: a sentence that says how to mend it."""

    where: str
    message: str


class CommandRefused(Exception):
    """The input can't be used. `answer` is what the command has to say beside the errors."""

    def __init__(self, faults: Iterable[Fault], answer: Mapping[str, Any] | None = None) -> None:
        self.faults = tuple(faults)
        self.answer = dict(answer or {})
        super().__init__("\n".join(fault.message for fault in self.faults))

    @classmethod
    def of(cls, where: str, message: str) -> "CommandRefused":
        return cls([Fault(where, message)])

    def document(self) -> dict[str, Any]:
        errors = [{"where": fault.where, "message": fault.message} for fault in self.faults]
        return self.answer | {"errors": errors}


class PortalCommand(BaseCommand):
    """A command that gives `answer(options)` as JSON, or as the lines of `lines(answer)`.

    Django's checks are left to `manage.py check`: a script that asks for one quote shouldn't load every page.
    """

    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.parser = parser
        self.add_own_arguments(parser)
        parser.add_argument("--json", action="store_true", help="只在标准输出写一个 JSON 文档")

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        raise NotImplementedError

    def answer(self, options: dict[str, Any]) -> Document:
        raise NotImplementedError

    def lines(self, answer: Any) -> Iterable[str]:
        """The answer as lines for people."""
        raise NotImplementedError

    def handle(self, *_args: Any, **options: Any) -> None:
        self.json = options["json"]
        try:
            answer = self.answer(options)
        except CommandRefused as refused:
            self._refuse(refused)
        except DatabaseError:
            if database_is_ready():
                raise
            self._refuse(CommandRefused.of("DATABASE_URL", NOT_READY))
        self.stdout.write(to_json(answer) if self.json else "\n".join(self.lines(answer)))

    def tell(self, sentence: str) -> None:
        """A remark for whoever watches; standard output is for the answer."""
        self.stderr.write(sentence, self.style.NOTICE)

    def wrong_usage(self, sentence: str) -> None:
        raise CommandError(sentence, returncode=2)

    def _refuse(self, refused: CommandRefused) -> None:
        if self.json:
            self.stdout.write(to_json(refused.document()))
        self.stderr.write(str(refused))
        sys.exit(1)


def database_is_ready() -> bool:
    """Whether the tables have been made."""
    return "django_migrations" in connection.introspection.table_names()


def to_json(document: Document) -> str:
    """One line; half a surrogate pair, which UTF-8 can't hold, stays escaped."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def read_text(name: str) -> str:
    """The text of a file in UTF-8, or CommandRefused."""
    content = read_bytes(name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandRefused.of(name, f"“{name}”不是 UTF-8 编码的文本，请另存为 UTF-8 再试") from None


def read_bytes(name: str) -> bytes:
    """The bytes of a file, or CommandRefused."""
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise CommandRefused.of(name, f"找不到文件“{name}”，请核对路径") from None
    except OSError as error:
        raise CommandRefused.of(name, f"读不了文件“{name}”（{error.strerror}），请核对路径和权限") from error


def write_bytes(path: Path, content: bytes) -> None:
    """Keep a file that only its owner reads: sheets for people hold names and numbers in clear."""
    try:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
    except OSError as error:
        message = f"写不了文件“{path}”（{error.strerror}），请核对目录是否存在、可写"
        raise CommandRefused.of(str(path), message) from error

"""Passwords: length before rules, nothing that names the person."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError

MINIMUM = 12
SYLLABLES = (
    "ba",
    "cai",
    "dong",
    "fang",
    "gua",
    "hai",
    "jia",
    "kou",
    "lin",
    "mei",
    "niu",
    "ping",
    "qiao",
    "shan",
    "tian",
)


class ChinesePasswordValidator:
    """At least twelve characters, not one repeated, not the login name."""

    def validate(self, password: str, user: Any = None) -> None:
        problems = []
        if len(password) < MINIMUM:
            problems.append(f"密码至少 {MINIMUM} 位，现在 {len(password)} 位；一句好记的话也可以")
        if len(set(password)) < 4:
            problems.append("密码的字符太单一，请至少用 4 种不同的字符")
        if user is not None and getattr(user, "username", "") and user.username in password.lower():
            problems.append("密码里不能包含账号")
        if problems:
            raise ValidationError(problems)

    def get_help_text(self) -> str:
        return f"至少 {MINIMUM} 位，可以是一句好记的话，不要包含账号。"


def new_password() -> str:
    """A one-time password that can be read out on the telephone, e.g. `lin-shan-qiao-4831`."""
    words = "-".join(secrets.choice(SYLLABLES) for _ in range(3))
    return f"{words}-{secrets.randbelow(9000) + 1000}"

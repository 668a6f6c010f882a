"""Settings that are dangerous in production do not start, and the sentence names the setting."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "MODE": "production",
    "SECRET_KEY": "s3cret-of-the-tests-only-" * 3,
    "FIELD_KEYS": f"k1:{KEY},index:{KEY}",
    "ALLOWED_HOSTS": "bx.example.gov.cn",
    "DATABASE_URL": "postgres://portal_app@127.0.0.1/nowhere",
}


def start(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | GOOD | {"DATA_DIR": str(tmp_path), "PYTHONUTF8": "1"} | changes
    command = [
        sys.executable,
        "-c",
        "import django; django.setup(); from django.conf import settings as s; print(s.PASSWORD_HASHERS[0])",
    ]
    return subprocess.run(
        command, env=environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip


def test_good_settings_start(tmp_path: Path) -> None:
    started = start(tmp_path, PYTEST_VERSION="8")  # the variable of a test run weakens no password
    assert started.returncode == 0, started.stderr
    assert "Argon2" in started.stdout


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////tmp/x.sqlite3"}, "DATABASE_URL"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"FIELD_KEYS": "k1:abc"}, "FIELD_KEYS"),
        ({"FIELD_KEYS": f"k1:{base64.b64encode(b'k' * 8).decode()},index:{KEY}"}, "FIELD_KEYS"),
        ({"HTTPS": "no"}, "HTTPS"),
    ],
)
def test_dangerous_settings_do_not_start(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    started = start(tmp_path, **changes)
    assert started.returncode != 0
    assert named in started.stderr.strip().splitlines()[-1]

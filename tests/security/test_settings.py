"""A portal that is set up dangerously does not start, and says which setting it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.keys import new_field_keys

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "MODE": "production",
    "SECRET_KEY": "of-this-test-only-0123456789-abcdefghijklmnop",
    "DATABASE_URL": "postgres://portal_app@database.invalid/portal",
    "FIELD_KEYS": new_field_keys(),
    "ALLOWED_HOSTS": "portal.invalid",
}


def start(tmp_path: Path, **changes: str | None) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    wanted = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"} | GOOD | changes
    environment = clean | {name: value for name, value in wanted.items() if value is not None}
    code = "import django; django.setup(); from orgs.crypto import key_ring; key_ring()"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_production_set_up_well_starts(tmp_path: Path) -> None:
    answer = start(tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert not (tmp_path / "keys.env").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"FIELD_KEYS": None}, "FIELD_KEYS"),
        ({"SECRET_KEY": None, "FIELD_KEYS": None}, "SECRET_KEY、FIELD_KEYS"),
        ({"FIELD_KEYS": "k1:short,index:short"}, "FIELD_KEYS"),
        ({"FIELD_KEYS": new_field_keys().split(",")[0]}, "FIELD_KEYS"),
        ({"HTTPS": "0"}, "HTTPS"),
        ({"MODE": "produktion"}, "MODE"),
    ],
)
def test_a_dangerous_setting_keeps_it_from_starting(tmp_path: Path, changes: dict, sentence: str) -> None:
    answer = start(tmp_path, **changes)
    assert answer.returncode != 0
    assert sentence in answer.stderr.splitlines()[-1]


def test_a_trial_makes_its_own_keys_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    for _ in range(2):
        assert start(tmp_path, MODE="trial", SECRET_KEY=None, FIELD_KEYS=None).returncode == 0
    kept = tmp_path / "keys.env"
    assert kept.stat().st_mode & 0o077 == 0
    assert len(kept.read_text().splitlines()) == 2

"""Failpoints do nothing unless armed, count their visits over processes, and stay out of production."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.dangers import refuse_dangers
from office import failpoints

ROOT = Path(__file__).resolve().parents[2]


def visit(folder: Path, armed: str) -> int:
    code = "from office.failpoints import failpoint; failpoint('here'); failpoint('there')"
    environment = {"FAILPOINTS": armed, "FAILPOINTS_FOLDER": str(folder)}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False).returncode


def test_a_point_kills_at_the_visit_that_it_is_armed_for(tmp_path: Path) -> None:
    assert [visit(tmp_path, "here:2") for _ in range(3)] == [0, -9, 0]


def test_nothing_is_armed_here() -> None:
    assert failpoints.ARMED == {}
    failpoints.failpoint("here")


def test_production_does_not_start_with_failpoints() -> None:
    with pytest.raises(ImproperlyConfigured, match="FAILPOINTS"):
        refuse_dangers(
            database_url="postgres://x", hosts=["bx.example.gov.cn"], secret_key="0123456789" * 5, https=True, local=False,
            failpoints="here:1",
        )  # fmt: skip

"""A prepared installation for commands, and a way to run them as a shell would."""

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from config.management.commands.prepare import load_days_off
from orgs.scope import system_scope
from orgs.services.regions import load_regions

WANZHOU = Path(__file__).parents[2] / "fixtures" / "editions" / "wanzhou-2021.yaml"
ANOTHER = "wanzhou-another"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def errors(self) -> list[str]:
        return [error["where"] for error in self.document["errors"]]


@pytest.fixture
def run(monkeypatch):
    """`run("due_date", "2016-02-05", …, stdin="…")` with --json unless told otherwise."""

    def run_command(*words, stdin="", as_json=True):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogatepass"))))
        out, err = io.StringIO(), io.StringIO()
        words = [*map(str, words), *(["--json"] if as_json else [])]
        try:
            call_command(*words, stdout=out, stderr=err)
            code = 0
        except SystemExit as left:
            code = left.code
        except CommandError as error:
            code = error.returncode
            err.write(str(error))
        return Said(code, out.getvalue(), err.getvalue())

    return run_command


@pytest.fixture
def places(db, settings, tmp_path):
    """Regions and days off; files are kept under the test's own folder."""
    settings.FILES_DIR = tmp_path / "kept"
    cache.clear()
    with system_scope("tests"):
        load_regions()
        load_days_off()


@pytest.fixture
def wanzhou(places, run):
    """The published edition of Wanzhou."""
    assert run("load_edition", WANZHOU, "--publish").code == 0


@pytest.fixture
def another(places, tmp_path) -> Path:
    """Wanzhou's document under a code that is not stored yet."""
    path = tmp_path / f"{ANOTHER}.yaml"
    path.write_text(WANZHOU.read_text(encoding="utf-8").replace("code: wanzhou-2021", f"code: {ANOTHER}", 1), "utf-8")
    return path

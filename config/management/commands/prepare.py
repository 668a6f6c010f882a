"""Make an installation ready: migrate, put row-level security in force, load reference data; in a trial the demo."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from calc.dates import load_workdays
from office.models import DayOff
from orgs.row_security import secure_database
from orgs.scope import system_scope
from orgs.services.regions import load_regions
from schemes.disability import load_items
from schemes.finding import DocumentBroken, terms_in
from schemes.models import Edition
from schemes.services import EditionRefused, TrialFiguresLeft, publish_edition, store_edition
from schemes.services.documents import sha256_of

FIXTURES = Path(settings.BASE_DIR) / "fixtures"


class Command(BaseCommand):
    help = "准备系统：建表、行级安全、行政区划、节假日、伤残评定标准、年度方案；试用模式另装演示数据"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="试用模式下装入演示数据（只装一次）")
        parser.add_argument("--no-editions", action="store_true", help="不装随附的年度方案")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        secure_database()
        with system_scope("prepare"):
            load_regions()
            load_days_off()
            load_items()
            if not options["no_editions"]:
                self._load_editions()
        if options["demo"]:
            self._load_demo()

    def say(self, text: str) -> None:
        self.stdout.write(text)

    def _load_editions(self) -> None:
        for path in sorted((FIXTURES / "editions").glob("*.yaml")):
            try:
                self._load_edition(path.read_text(encoding="utf-8"), path.name)
            except (DocumentBroken, EditionRefused) as refused:
                raise CommandError(str(refused)) from refused

    def _load_edition(self, document: str, name: str) -> None:
        """Stored and published, unless people here have gone on with it or its figures are made up."""
        known = Edition.objects.filter(code=terms_in(document, name).code).first()
        if known and (known.is_published or known.drafted_by_id):
            if known.sha256 != sha256_of(document):
                self.say(f"{name} 与系统里的“{known.title}”不同，没有装入：系统里{known.get_state_display()}的条款不动")
            return
        edition = store_edition(document=document, name=name, by=None)
        try:
            publish_edition(edition=edition, by=None)
        except TrialFiguresLeft as left:
            self.say(f"{name} 存为草稿，换成真数后才能发布：\n" + "\n".join(f"  {line}" for line in left.sentences))

    def _load_demo(self) -> None:
        if not settings.TRIAL:
            raise CommandError("演示数据只能装进试用模式（MODE=trial）")
        from config.demo import load_demo

        load_demo(say=self.say)


def load_days_off() -> int:
    """The days off of the reference data, where the authority has none of its own yet."""
    if DayOff.objects.exists():
        return 0
    text = (FIXTURES / "calendar" / "cn_workday_exceptions_2015_2026.csv").read_text(encoding="utf-8-sig")
    load_workdays(text)  # refuses a broken file before anything is written
    rows = csv.DictReader(text.splitlines())
    days = [DayOff(day=row["date"], is_workday=row["is_workday"] == "1", name=row["name"]) for row in rows]
    return len(DayOff.objects.bulk_create(days))

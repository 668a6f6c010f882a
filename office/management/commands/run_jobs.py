"""The worker of an installation without Redis: looks through the job table and does what waits."""

import logging
import os
import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from office import jobs
from office.sweeping import EVERY, sweep

PAUSE_SECONDS = 0.5
logger = logging.getLogger("portal.jobs")


class Command(BaseCommand):
    help = "处理任务表里等待的任务（没有 Redis 时的后台进程）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="做完现有任务就退出")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping, self.sweeps_at = False, time.monotonic()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        parent = os.getppid()
        while not self.stopping and (options["once"] or os.getppid() == parent):
            done = self._look()
            if options["once"] and not done:
                return
            if not done:
                time.sleep(PAUSE_SECONDS)

    def _look(self) -> list[bool]:
        """Do what waits. A database that is away is looked for again; the worker outlives it."""
        close_old_connections()
        try:
            done = [jobs.run(job_id) for job_id in jobs.waiting_job_ids()]
            if not done:
                self._sweep_when_due()
            return done
        except (OperationalError, InterfaceError) as error:
            logger.warning("database not reached: %s", type(error).__name__)
            connection.close()
            return []

    def _sweep_when_due(self) -> None:
        """Every hour, while nothing waits. What can't be taken away is no reason to leave the jobs alone."""
        if time.monotonic() < self.sweeps_at:
            return
        self.sweeps_at = time.monotonic() + EVERY.total_seconds()
        try:
            sweep()
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("sweeping failed")

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True

"""Start a trial with one command: web server and, without Redis, the worker. Ctrl-C ends all of it."""

import signal
import subprocess
import sys
import time
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.demo_people import DEMO_PASSWORD, DEMO_PEOPLE, people_by_place
from orgs.models import User
from orgs.row_security import weaknesses
from orgs.setup_token import setup_token

READY_SECONDS = 60
POLITE = ("nice", "-n", "10")  # the worker and its children: whoever waits for a page comes first


class Command(BaseCommand):
    help = "启动网页服务和后台任务，按 Ctrl-C 全部停止"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        if found := weaknesses():
            raise CommandError("；".join(found))
        call_command("collectstatic", interactive=False, verbosity=0)
        processes = [subprocess.Popen(command) for command in self._commands(options["workers"])]  # noqa: S603
        signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell started us with it ignored
        for ending in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, lambda *_: sys.exit(0))
        try:
            self._wait_until_ready(processes)
            self._tell()
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
            raise CommandError("有一个进程意外退出，已全部停止；请看上面的输出")
        except KeyboardInterrupt:
            self.stdout.write("\n正在停止……")
        finally:
            self._stop(processes)

    def _commands(self, workers: int) -> list[list[str]]:
        python = [sys.executable]
        bind = f"{settings.BIND}:{settings.PORT}"
        web = [*python, "-m", "gunicorn", "config.wsgi", "--bind", bind, "--workers", str(workers), "--threads", "4",
               "--timeout", "120", "--log-level", "warning"]  # fmt: skip
        if settings.REDIS_URL:
            return [
                web,
                [
                    *POLITE,
                    *python,
                    "-m",
                    "celery",
                    "-A",
                    "config",
                    "worker",
                    "--concurrency",
                    "1",
                    "--beat",
                    "--loglevel",
                    "warning",
                ],
            ]
        return [web, [*POLITE, *python, "manage.py", "run_jobs"]]

    @property
    def address(self) -> str:
        host = "127.0.0.1" if settings.BIND == "0.0.0.0" else settings.BIND  # noqa: S104
        return f"http://{host}:{settings.PORT}"

    def _wait_until_ready(self, processes: list[subprocess.Popen]) -> None:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if any(process.poll() is not None for process in processes):
                raise CommandError(f"没有启动起来；端口 {settings.PORT} 可能被占用，可用 PORT=8001 make run 换一个")
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=2)  # noqa: S310
                return
            except OSError:
                time.sleep(0.2)
        raise CommandError("一分钟内没有启动起来；请看上面的输出")

    def _tell(self) -> None:
        say = self.stdout.write
        say(f"\n政策保险门户已启动：{self.address}")
        if settings.TRIAL and User.objects.filter(username=DEMO_PEOPLE[0].username).exists():
            say(f"演示人员（密码都是 {DEMO_PASSWORD}）：")
            for line in people_by_place():
                say(f"  {line}")
            say("试用模式，请勿录入真实个人信息")
        elif not User.objects.exists():
            say(f"还没有账号：请打开 {self.address}/setup/ ，首次设置口令是 {setup_token()}")
        say("按 Ctrl-C 停止\n")
        self.stdout.flush()  # also where the output goes to a file

    def _stop(self, processes: list[subprocess.Popen]) -> None:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()

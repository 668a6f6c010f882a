"""Pages of a running portal while its worker imports a roster, against the same pages once nothing is imported.

Web server and worker are those of `serve`, with the demo's people, and everything goes over HTTP as a browser does it.
On SQLite in a fresh database of its own; on PostgreSQL in the configured one, made with `prepare --demo`, when told so.
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from django.db import connection

from config.bench.browsing import Browser, Unanswered
from config.bench.commands import MANAGE, free_port, manage, own_environment
from config.bench.measured import BenchRefused, Measured, Options, own_peak_mb, percentile_95

FIGURE = 0.5  # seconds, of the issue
CLERK, COUNTY, EDITION = "dazhou.zhou", "zhuguan.xiong", "wanzhou-2021"
CLIENTS = (CLERK, COUNTY, CLERK, COUNTY)
PAUSE = 0.1  # seconds between two pages of one client: forty a second are more than fifty people at work ask for
READY_SECONDS, IMPORT_SECONDS, QUIET_SECONDS = 60, 600, 20
PHASES = CHECKING, CONFIRMING, QUIET = "校验", "写入", "平时"
COUNTS = """
import json
from enrollment.models import RosterBatch
from orgs.scope import system_scope
with system_scope("bench"):
    batch = RosterBatch.objects.get(pk=%d)
    print(json.dumps({"state": batch.state, **batch.counts}))
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One page as a client got it."""

    page: str
    phase: str
    seconds: float


@dataclass
class Visits:
    """What the clients ask until they are told to stop; `phase` is what the worker does meanwhile."""

    phase: str = CHECKING
    over: bool = False
    asked: list[Asked] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def run(options: Options) -> list[Measured]:
    """A figure for each page and one for all: 95th percentiles. BenchRefused where one is over the issue's figure."""
    on_postgresql = connection.vendor == "postgresql"
    if on_postgresql and not options.yes:
        raise BenchRefused("会把合成名册写进现在配置的 PostgreSQL 数据库；确认是试验用的库，请加 --yes")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        environment = dict(os.environ) if on_postgresql else own_environment(folder)
        if not on_postgresql:
            manage(environment, "prepare", "--demo", "--skip-checks")
        with serving(environment) as address:
            asked = _import_and_visit(environment, address, folder / "名册.xlsx", options.rows)
    return _held(_measured(asked))


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a portal with its worker, in processes of their own, until the end of the block."""
    port = free_port()
    command = [*MANAGE, "serve"]
    with tempfile.TemporaryFile() as told:
        server = subprocess.Popen(command, env={**environment, "PORT": str(port)}, stdout=told, stderr=told)  # noqa: S603
        try:
            _wait_until_ready(server, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            Browser(f"http://127.0.0.1:{port}").get("/healthz")
            return
        except Unanswered:
            time.sleep(0.2)
    raise BenchRefused("门户没有启动起来，请先用 manage.py serve 看它报什么错")


def _import_and_visit(environment: Mapping[str, str], address: str, book: Path, rows: int) -> list[Asked]:
    """Upload, check, confirm, with clients asking all the time; then as long again without."""
    made = json.loads(manage(environment, "make_roster", str(book), "--rows", str(rows), "--seed", _seed(), "--json"))
    county = _logged_in(address, COUNTY)
    batch = _upload(county, book)
    visits = Visits()
    with _clients(address, batch, visits):
        _until_done(county, batch, visits)
        visits.phase = CONFIRMING
        county.post(f"{batch}confirm/", {"only_valid": "yes"})
        _until_done(county, batch, visits)
        visits.phase = QUIET
        _demand_right(environment, batch, made)
        visits.asked = [one for one in visits.asked if one.phase != QUIET]  # the look at the outcome was work as well
        time.sleep(QUIET_SECONDS)
    if visits.failed:
        raise BenchRefused(f"有 {len(visits.failed)} 次没有答上来，如：{visits.failed[0]}")
    return visits.asked


def _seed() -> str:
    """Other people each time: the same file is not taken twice."""
    return str(int(time.time()))


def _logged_in(address: str, username: str) -> Browser:
    from config.demo_people import DEMO_PASSWORD

    browser = Browser(address)
    browser.get("/login/")
    page = browser.post("/login/", {"username": username, "password": DEMO_PASSWORD})
    if "/login/" in page.address:
        raise BenchRefused(f"演示人员 {username} 登录不了，请先 manage.py prepare --demo")
    return browser


def _upload(county: Browser, book: Path) -> str:
    """The path of the batch's page."""
    county.get("/roster/import/")
    page = county.send_file("/roster/import/", field="file", file=book)
    if not page.address.rstrip("/").rsplit("/", 1)[-1].isdecimal():
        raise BenchRefused("上传没有被接收，请在页面上传一次看原因")
    return page.address


def _until_done(county: Browser, batch: str, visits: Visits) -> None:
    """Ask as the page does, until it is told to load anew."""
    until = time.monotonic() + IMPORT_SECONDS
    while time.monotonic() < until and not visits.failed:
        if "HX-Refresh" in county.get(f"{batch}status/").headers:
            return
        time.sleep(0.5)
    raise BenchRefused(f"{visits.phase}没有在 {IMPORT_SECONDS} 秒内做完，或网页不再回答：{visits.failed[:1]}")


def _demand_right(environment: Mapping[str, str], batch: str, made: Mapping[str, int]) -> None:
    """Pages are no use beside an import that failed, refused a good row or took a wrong one."""
    pk = int(batch.rstrip("/").rsplit("/", 1)[-1])
    counts = json.loads(manage(environment, "shell", "-c", COUNTS % pk).splitlines()[-1])
    good = counts["new"] + counts["changed"] + counts["unchanged"] + counts.get("conflicts", 0)
    if (counts["state"], good) != ("confirmed", made["good"]):
        raise BenchRefused(f"应有 {made['good']} 行正确并已导入，结果是 {json.dumps(counts, ensure_ascii=False)}")


@contextmanager
def _clients(address: str, batch: str, visits: Visits) -> Iterator[None]:
    """Several people who ask one page after the other."""
    people = [(_logged_in(address, username), username) for username in CLIENTS]
    threads = [threading.Thread(target=_visit, args=(browser, _pages(name, batch), visits)) for browser, name in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        visits.over = True
        for thread in threads:
            thread.join()


Page = tuple[str, Callable[[Browser], object]]


def _pages(username: str, batch: str) -> list[Page]:
    """What somebody looks at in turn; only the county sees the batch of the whole county."""
    pages: list[Page] = [
        ("home", lambda browser: browser.get("/")),
        ("roster", lambda browser: browser.get("/roster/")),
        ("person", lambda browser: browser.get(browser.last_person)),
        ("claims", lambda browser: browser.get("/claims/")),
        ("search", lambda browser: browser.post("/roster/search/", {"q": "小明"})),
        ("search", lambda browser: browser.post("/roster/search/", {"q": ""})),
    ]
    return [*pages, ("batch", lambda browser: browser.get(batch))] if username == COUNTY else pages


def _visit(browser: Browser, pages: list[Page], visits: Visits) -> None:
    try:
        while not visits.over:
            for name, ask in pages:
                phase, started = visits.phase, time.perf_counter()
                ask(browser)
                visits.asked.append(Asked(name, phase, time.perf_counter() - started))
                time.sleep(PAUSE)
    except Unanswered as error:
        visits.failed.append(str(error))


def _measured(asked: list[Asked]) -> list[Measured]:
    names = dict.fromkeys(one.page for one in asked)
    return [_figure(name, [one for one in asked if one.page == name]) for name in names] + [_figure("all", asked)]


def _figure(name: str, asked: list[Asked]) -> Measured:
    during = [one.seconds for one in asked if one.phase != QUIET]
    quiet = [one.seconds for one in asked if one.phase == QUIET]
    if not during or not quiet:
        raise BenchRefused(f"{name} 一次也没有量到；请用多一些行，或让机器闲一些")
    phases = [f"{phase}{_told([one.seconds for one in asked if one.phase == phase])}" for phase in PHASES]
    note = (
        f"导入期间 {len(during)} 次的 95 百分位，要求 {FIGURE} 秒；中位、95 百分位、最长（毫秒）：{'；'.join(phases)}"
    )
    return Measured(f"during_import.{name}", percentile_95(during), percentile_95(quiet), own_peak_mb(), note)


def _told(seconds: list[float]) -> str:
    if not seconds:
        return " 0 次"
    figures = (median(seconds), percentile_95(seconds), max(seconds))
    return f" {len(seconds)} 次 {'、'.join(f'{figure * 1000:.0f}' for figure in figures)}"


def _held(measured: list[Measured]) -> list[Measured]:
    over = [f"{one.name} {one.seconds:.3f} 秒（{one.note}）" for one in measured if one.seconds > FIGURE]
    if over:
        raise BenchRefused("超过 0.5 秒：" + "\n".join(over))
    return measured

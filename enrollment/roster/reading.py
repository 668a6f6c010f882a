"""Read a looked-over roster in a throw-away child process with limits, chunk by chunk."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from enrollment.roster.cells import Cell
from enrollment.roster.facts import MAX_COLUMNS, Looked
from enrollment.roster.refusal import ReadingInterrupted, RosterRefused, broken_structure, refused
from enrollment.roster.source import Source, opened
from office.failpoints import failpoint

WALL_SECONDS = 180.0
MAX_LINE_BYTES = 32 * 2**20
_FEED_BYTES = 2**20
_AS_CSV = "请用 Excel 或 WPS 打开后另存为“CSV UTF-8”再上传"
_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class RowChunk:
    """Up to 1,000 rows of one sheet that are not blank; numbers are the sheet's own, beside their rows."""

    sheet: str
    numbers: list[int]
    rows: list[list[Cell]]


@dataclass(slots=True)
class ReadingReport:
    """Filled while reading: rows so far, and the child's peak memory once it has ended."""

    rows: int = 0
    peak_kb: int = 0
    finished: bool = False


def read_rows(
    source: Source,
    looked: Looked,
    *,
    report: ReadingReport | None = None,
    progress: Callable[[int], None] | None = None,
    wall_seconds: float = WALL_SECONDS,
) -> Iterator[RowChunk]:
    """Chunks as the child sends them; the child is ended when the generator is closed.

    Raises RosterRefused when the file breaks the child's limits or the parser, ReadingInterrupted when
    somebody else killed the child.
    """
    report = report if report is not None else ReadingReport()
    with _child(source, looked) as child:
        timed_out = threading.Event()
        watchdog = threading.Timer(wall_seconds, _end, args=(child, timed_out))
        watchdog.daemon = True
        watchdog.start()
        try:
            for chunk in _received(child, report):
                report.rows += len(chunk.numbers)
                if progress is not None:
                    progress(report.rows)
                yield chunk
        finally:
            watchdog.cancel()
        _demand_finished(child, report, timed_out=timed_out.is_set())


@contextmanager
def _child(source: Source, looked: Looked) -> Iterator[subprocess.Popen[bytes]]:
    """A running child fed with the source. Its environment holds no keys of ours."""
    command = [sys.executable, "-m", "enrollment.roster.child", looked.kind, looked.encoding]
    with opened(source) as stream:
        direct = isinstance(source, Path)
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=stream if direct else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_PROJECT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        )
        failpoint("child-started")
        feeder = None if direct else threading.Thread(target=_feed, args=(child, stream), daemon=True)
        if feeder is not None:
            feeder.start()
        try:
            yield child
        finally:
            child.kill()
            child.wait()
            if feeder is not None:
                feeder.join()
            if child.stdout is not None:
                child.stdout.close()


def _feed(child: subprocess.Popen[bytes], stream: BinaryIO) -> None:
    assert child.stdin is not None
    try:
        with child.stdin as pipe:
            while block := stream.read(_FEED_BYTES):
                pipe.write(block)
    except BrokenPipeError:
        pass  # the child has ended; what it said, or its exit, tells why


def _end(child: subprocess.Popen[bytes], timed_out: threading.Event) -> None:
    timed_out.set()
    child.kill()


def _received(child: subprocess.Popen[bytes], report: ReadingReport) -> Iterator[RowChunk]:
    assert child.stdout is not None
    while line := child.stdout.readline(MAX_LINE_BYTES):
        if len(line) >= MAX_LINE_BYTES:
            raise RosterRefused(broken_structure())
        if not line.endswith(b"\n"):
            return  # it died while writing
        message = json.loads(line)
        if "rows" in message and "sheet" in message:
            yield RowChunk(message["sheet"], message["numbers"], message["rows"])
        elif message.get("end"):
            report.peak_kb = message["peak_kb"]
            report.finished = True
        else:
            raise _worded(message)


def _worded(message: dict[str, Any]) -> RosterRefused:
    if message.get("refused") == "blanks":
        return refused("too_long", "CSV 里有一百万行以上的空行。请删除名册下面的空行，保存后再上传")
    if message.get("refused") == "too_wide":
        mend = "请删除名册右边多余的列，保存后再上传"
        return refused("too_wide", f"CSV 第 {message['detail']} 行超过 {MAX_COLUMNS} 列上限。{mend}")
    if message.get("refused") == "csv" and "field limit" in message["detail"]:
        return refused("csv", f"CSV 文件有一格过长，或者引号不成对，无法读取。{_AS_CSV}")
    if message.get("refused") == "csv":
        return refused("csv", f"CSV 文件的引号或分隔不成对，无法读取。{_AS_CSV}")
    return RosterRefused(broken_structure())


def _demand_finished(child: subprocess.Popen[bytes], report: ReadingReport, *, timed_out: bool) -> None:
    if report.finished:
        return
    child.wait(timeout=10)
    if child.returncode == -signal.SIGKILL and not timed_out:
        raise ReadingInterrupted("读取名册的进程被外部终止")
    raise RosterRefused(broken_structure("读取超时" if timed_out else ""))

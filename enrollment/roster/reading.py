"""Read a looked-over roster in a throw-away child process with limits, chunk by chunk."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from enrollment.roster.cells import Cell
from enrollment.roster.facts import MAX_COLUMNS, Looked
from enrollment.roster.refusal import ReadingInterrupted, RosterRefused, broken_structure, refused
from enrollment.roster.source import Source, opened
from enrollment.roster.wire import BadFrame, decode_rows
from office.failpoints import failpoint

WALL_SECONDS = 180.0  # of waiting for the child; what we do with its rows is not its fault
MAX_HEAD_BYTES = 2**20
MAX_FRAME_BYTES = 32 * 2**20
_PIPE_BYTES = 2**20
_SIGN_OF_LIFE = 5.0
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
    waiting: Callable[[], None] | None = None,
    wall_seconds: float = WALL_SECONDS,
) -> Iterator[RowChunk]:
    """Chunks as the child sends them; the child is ended when the generator is closed.

    `waiting` is called every few seconds in which the child has nothing to say: whoever waits still lives.
    Raises RosterRefused when the file breaks the child's limits or the parser, ReadingInterrupted when
    somebody else killed the child.
    """
    report = report if report is not None else ReadingReport()
    with _child(source, looked) as child:
        assert child.stdout is not None
        pipe = _Pipe(child.stdout.fileno(), wall_seconds, waiting)
        for chunk in _received(pipe, report):
            report.rows += len(chunk.numbers)
            if progress is not None:
                progress(report.rows)
            yield chunk
        _demand_finished(child, report, timed_out=pipe.timed_out)


@contextmanager
def _child(source: Source, looked: Looked) -> Iterator[subprocess.Popen[bytes]]:
    """A running child fed with the source. Its environment holds no keys of ours."""
    command = [sys.executable, "-m", "enrollment.roster.child", looked.kind, looked.encoding]
    with opened(source) as stream, _standard_input(stream, looked) as given:
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_PROJECT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        )
        failpoint("child-started")
        feeder = threading.Thread(target=_feed, args=(child, stream), daemon=True) if child.stdin else None
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


@contextmanager
def _standard_input(stream: BinaryIO, looked: Looked) -> Iterator[int]:
    """A workbook as a file in memory, never on a disk, since its parser reads here and there; a CSV through a pipe."""
    if looked.kind == "csv":
        yield subprocess.PIPE
        return
    descriptor = os.memfd_create("roster")
    try:
        while block := stream.read(_FEED_BYTES):
            os.write(descriptor, block)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _feed(child: subprocess.Popen[bytes], stream: BinaryIO) -> None:
    assert child.stdin is not None
    try:
        with child.stdin as pipe:
            while block := stream.read(_FEED_BYTES):
                pipe.write(block)
    except BrokenPipeError:
        pass  # the child has ended; what it said, or its exit, tells why


@dataclass(slots=True)
class _Pipe:
    """The child's output, waited for so many seconds in all; after them, and at its end, nothing more comes."""

    descriptor: int
    seconds: float
    waiting: Callable[[], None] | None = None
    timed_out: bool = False
    _held: bytearray = field(default_factory=bytearray)

    def line(self) -> bytes:
        """The next line; empty where it ended before its line did."""
        searched = 0
        while (at := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            if searched > MAX_HEAD_BYTES:
                raise BadFrame
            if not self._fill():
                return b""
        return self._take(at + 1)

    def exactly(self, size: int) -> bytes:
        """So many bytes; empty where it ended before."""
        while len(self._held) < size:
            if not self._fill():
                return b""
        return self._take(size)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def _fill(self) -> bool:
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        while not self._is_ready(poll):
            if self.seconds <= 0:
                self.timed_out = True
                return False
            if self.waiting is not None:
                self.waiting()
        block = os.read(self.descriptor, _PIPE_BYTES)
        self._held += block
        return bool(block)

    def _is_ready(self, poll: select.poll) -> bool:
        started = time.monotonic()
        ready = bool(poll.poll(max(0.0, min(self.seconds, _SIGN_OF_LIFE)) * 1000))
        self.seconds -= time.monotonic() - started
        return ready


def _received(pipe: _Pipe, report: ReadingReport) -> Iterator[RowChunk]:
    """Chunks until the child has ended, well or not; what it may not send breaks the file."""
    try:
        while line := pipe.line():
            message = json.loads(line)
            if message.get("end"):
                report.peak_kb, report.finished = int(message["peak_kb"]), True
            elif "bytes" in message:
                size = int(message["bytes"])
                if not 0 <= size <= MAX_FRAME_BYTES:
                    raise BadFrame
                payload = pipe.exactly(size)
                if len(payload) < size:
                    return  # it died while writing
                yield RowChunk(message["sheet"], *decode_rows(message, payload))
            else:
                raise _worded(message)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RosterRefused(broken_structure()) from error


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
    if timed_out:
        child.kill()
    child.wait(timeout=10)
    if child.returncode == -signal.SIGKILL and not timed_out:
        raise ReadingInterrupted("读取名册的进程被外部终止")
    raise RosterRefused(broken_structure("读取超时" if timed_out else ""))

"""Worker processes for hostile documents: each task has a deadline, and a worker that misses it is killed."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

from connectors.feeds.links import FindLinks, Links
from connectors.feeds.reading import Assignment, Reading
from connectors.feeds.settings import FeedsSettings
from connectors.feeds.worker import LENGTH, Refusal, Result, Task, decode_result, encode
from newsbeam.errors import FetchFailed

_TASKS_A_WORKER = 1_000  # then a new one, since parsers leak
_LARGEST_RESULT = 256 * 1024 * 1024

T = TypeVar("T", Reading, Links)


class _Worker:
    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a worker needs both its pipes")
        self.process = process
        self._in, self._out = process.stdin, process.stdout
        self.tasks = 0

    async def do(self, frame: bytes) -> bytes:
        self.tasks += 1
        self._in.write(len(frame).to_bytes(LENGTH, "big") + frame)
        await self._in.drain()
        size = int.from_bytes(await self._out.readexactly(LENGTH), "big")
        if size > _LARGEST_RESULT:
            raise ConnectionError(f"a result of {size} bytes")
        return await self._out.readexactly(size)

    async def end(self) -> None:
        with suppress(ProcessLookupError):  # it ended by itself
            self.process.kill()
        self._in.close()
        await self.process.wait()


class Sandbox:
    """Runs tasks in at most `parsers` processes, started when they are needed; an async context manager."""

    def __init__(self, settings: FeedsSettings) -> None:
        self._settings = settings
        self._room = asyncio.Semaphore(settings.parsers)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in (*self._idle, *self._busy):
            await worker.end()
        self._idle.clear()

    async def read(self, task: Assignment) -> Reading:
        """Return what a document says; raises `FetchFailed` (not_a_feed, parse, memory, parse_timeout)."""
        return await self._run(task, Reading)

    async def find_links(self, task: FindLinks) -> Links:
        """Return the feeds that a page links to; raises `FetchFailed` like `read`."""
        return await self._run(task, Links)

    async def _run(self, work: Assignment | FindLinks, kind: type[T]) -> T:
        deadline_s = self._settings.parse_timeout_s
        frame = encode(Task(work, deadline_s))
        async with self._room:
            result = await self._tried(frame, deadline_s)
        if isinstance(result, Refusal):
            raise FetchFailed(result.kind, result.message)
        if not isinstance(result, kind):
            raise FetchFailed("parse", "the process that read the document gave another answer")
        return result

    async def _tried(self, frame: bytes, deadline_s: float) -> Result:
        worker = await self._take()
        sound = False
        self._busy.add(worker)
        try:
            async with asyncio.timeout(deadline_s):
                result: Result = decode_result(await worker.do(frame))
            sound = not (isinstance(result, Refusal) and result.kind == "memory")
            return result
        except TimeoutError as error:
            raise FetchFailed(
                "parse_timeout", f"the document took longer than {deadline_s:g} s to read (parse_timeout_s)"
            ) from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise FetchFailed("parse", "the process that read the document died of it") from error
        finally:
            self._busy.discard(worker)
            if sound and worker.tasks < _TASKS_A_WORKER:
                self._idle.append(worker)
            else:
                await worker.end()

    async def _take(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.process.returncode is None:
                return worker
            await worker.end()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "connectors.feeds.worker",
            str(self._settings.parser_bytes),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        return _Worker(process)

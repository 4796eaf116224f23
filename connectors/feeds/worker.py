"""The process that touches hostile documents: `python -m connectors.feeds.worker LIMIT_BYTES`.

Frames on stdin and stdout: a length (8 bytes), then MessagePack. It ends itself at a task's deadline even
when its parent was killed, and when its input ends.
"""

import signal
import sys
from typing import BinaryIO

import msgspec

from connectors.feeds.links import FindLinks, Links, find_links
from connectors.feeds.reading import Assignment, Reading, read_document
from newsbeam.errors import FetchFailed

LENGTH = 8
_MARGIN_S = 1.0  # the parent's deadline comes first, and has the better message


class Task(msgspec.Struct, frozen=True):
    """One piece of work and the seconds it may take."""

    work: Assignment | FindLinks
    deadline_s: float


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why the work could not be done: a kind and message of `FetchFailed`."""

    kind: str
    message: str


Result = Reading | Links | Refusal

encode = msgspec.msgpack.Encoder().encode
decode_task = msgspec.msgpack.Decoder(Task).decode
decode_result = msgspec.msgpack.Decoder(Result).decode


def main() -> None:
    """Serve tasks until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    _limit_memory(int(sys.argv[1]))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(LENGTH):
        _send(sink, _answer(source.read(int.from_bytes(head, "big"))))


def _answer(frame: bytes) -> bytes:
    task = decode_task(frame)
    signal.setitimer(signal.ITIMER_REAL, task.deadline_s + _MARGIN_S)  # its signal ends the process
    try:
        return encode(_done(task.work))
    except FetchFailed as error:
        return encode(Refusal(error.kind, str(error)))
    except MemoryError:
        return encode(Refusal("memory", "the document takes more memory than parser_bytes allows"))
    except Exception as error:  # noqa: BLE001 - whatever a parser raises is the document's fault, and is told
        return encode(Refusal("parse", f"the document cannot be read: {type(error).__name__}: {error}"))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _done(work: Assignment | FindLinks) -> Reading | Links:
    return find_links(work) if isinstance(work, FindLinks) else read_document(work)


def _send(sink: BinaryIO, frame: bytes) -> None:
    sink.write(len(frame).to_bytes(LENGTH, "big") + frame)
    sink.flush()


def _limit_memory(limit: int) -> None:
    if sys.platform != "linux":  # others do not enforce it
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main()

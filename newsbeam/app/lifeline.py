"""A child's tie to its supervisor: when the supervisor dies in whatever way, the child stops by itself."""

import os
import signal
import threading
import time

LIFELINE = "NEWSBEAM_LIFELINE"
_GRACE_S = 4.0


def hold_lifeline() -> None:
    """Stop this process soon after its supervisor is gone; nothing happens when there is none."""
    text = os.environ.pop(LIFELINE, None)
    if text is not None:
        threading.Thread(target=_watch, args=(int(text),), name="lifeline", daemon=True).start()


def _watch(descriptor: int) -> None:
    os.read(descriptor, 1)  # nothing is ever written: this returns at the end of file
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os._exit(1)

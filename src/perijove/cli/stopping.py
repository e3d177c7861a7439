"""Ctrl-C, ``kill`` and a closed terminal: noted when they come, so that none is lost."""

import signal
import sys
from types import FrameType

__all__ = ["asked", "exit_code", "listen", "stop_if_asked"]

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # the last two are not on every system
_received: list[int] = []


def listen() -> None:
    """End this process in order when a signal asks for it, unless whoever started it had the signal ignored."""
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _note)
    sys.unraisablehook = _unraisable


def asked() -> bool:
    """Whether a signal came."""
    return bool(_received)


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt once more where a signal came: Python drops one that is raised in a callback."""
    if _received:
        raise KeyboardInterrupt


def exit_code() -> int:
    """128 + the number of the first signal that came, as a shell has it; 130, that of Ctrl-C, without any."""
    return 128 + (_received[0] if _received else signal.SIGINT)


def _note(number: int, _: FrameType | None) -> None:
    _received.append(number)
    raise KeyboardInterrupt


def _unraisable(trouble: "sys.UnraisableHookArgs") -> None:
    """Say nothing of an interrupt that was dropped: `stop_if_asked` raises it again."""
    if trouble.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(trouble)

"""The process of the checks with one more kind: "odd" does to its process what its output, or its setting, says.

Started in place of lib.assertions.child, it shows what happens when a library hangs, grows or ends the interpreter,
without any input that does so to a real one.
"""

import os
import signal
import sys

from lib.assertions import KINDS, child
from lib.assertions.kinds import Answered, Checked, Config, Field, Kind
from lib.records import PASS

CHILD = "tests.support.errors.odd_checks"


def _forever() -> None:
    while True:
        pass


DEEDS = {
    "spin": _forever,
    "wait": signal.pause,
    "grow": lambda: bytearray(child_memory() * 2),
    "leave": lambda: os._exit(7),
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "raise": lambda: {}["nothing"],
    "print": lambda: print('["fail", "not me", false]', flush=True),
}


def child_memory() -> int:
    """Bytes this process may have."""
    return int(sys.argv[2])


def _do(text: str) -> None:
    if text in DEEDS:
        DEEDS[text]()


def _ready(config: Config) -> None:
    _do(config["ready"])


def _check(_: None, answered: Answered) -> Checked:
    _do(answered.output)
    return Checked(PASS, f"in process {os.getpid()}", False)


ODD = Kind("Does what it is told.", {"ready": Field("Ready", "")}, _ready, _check)

if __name__ == "__main__":
    KINDS["odd"] = ODD
    child.main(float(sys.argv[1]), int(sys.argv[2]))

"""One row: a task in a process of its own, with the time, the CPU and the memory it took.

Knows how a process is measured and killed; what it does there is handed to it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from lib.bench import Task
from lib.bench.endpoint import Endpoint
from lib.records import PlumblineError

Prepare = Callable[[Task], Callable[[], int]]


@dataclass(frozen=True)
class Took:
    """Seconds on the clock and of CPU, the most memory in MB, and how many outcomes came."""

    wall: float
    cpu: float
    peak_mb: float
    read: int


def took(prepare: Prepare, task: Task) -> Took:
    """Measures what `prepare` returns, after it has got everything ready; PlumblineError where it fails."""
    with _started(prepare, task) as pipe:
        try:
            found = pipe.recv()
        except EOFError:
            found = "its process ended"
    if isinstance(found, str):
        raise PlumblineError(f"A row of the bench failed: {found}.")
    return found


def killed(prepare: Prepare, task: Task, endpoint: Endpoint, at: int) -> None:
    """Kills the process, as a crash would, once the endpoint was asked so often."""
    started = _started(prepare, task)
    with started as pipe:
        while endpoint.seen().requests < at and not pipe.poll(0.002):
            pass
        started.kill()
        endpoint.hang_up()


class _started:
    """A process at work, for as long as the block runs; killed when it ends."""

    def __init__(self, prepare: Prepare, task: Task) -> None:
        """Starts nothing yet."""
        self._context = get_context("spawn")
        self._ours, theirs = self._context.Pipe(duplex=False)
        self._process = self._context.Process(target=_child, args=(theirs, prepare, task), daemon=True)
        self._theirs = theirs

    def __enter__(self) -> Connection:
        """What the process says of itself comes through this."""
        self._process.start()
        self._theirs.close()  # else its end would not be noticed
        return self._ours

    def __exit__(self, *_: object) -> None:
        """Whatever it still does is cut off."""
        self.kill()
        self._process.join()

    def kill(self) -> None:
        """Ends it, whatever it does; its connections are open for some milliseconds more."""
        self._process.kill()


def _child(pipe: Connection, prepare: Prepare, task: Task) -> None:
    try:
        go = prepare(task)
        wall, cpu = time.monotonic(), time.process_time()
        read = go()
        pipe.send(Took(time.monotonic() - wall, time.process_time() - cpu, _peak_mb(), read))
    except Exception as error:  # said to whoever started it, who cannot see it otherwise
        pipe.send(f"{type(error).__name__}: {error}")


def _peak_mb() -> float:
    """The most memory this process has held."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: there the memory of whoever started this process counts too.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource  # not on every platform, and needed on none that has the above

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2

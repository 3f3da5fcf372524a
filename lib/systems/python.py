"""An AI system that is a Python function `package.module:function`, named in PLUMBLINE_CALLABLE alone.

What runs is never typed into a page and never read from the database: the name that is stored there says only
what a version was added for, and another one is refused.
"""

import asyncio
import contextlib
import importlib
import inspect
import json
import os
import re
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from lib.models import keys
from lib.models.llm import scrubber
from lib.models.replies import MAX_RAW, Answer, LlmError, clean
from lib.records import Trace, UsageError
from lib.systems.connector import TIMEOUT, Ask, Connector, Field, is_conversation

_NAME = re.compile(r"[\w.]+:[\w.]+")
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.I)


def named() -> str:
    """The callable the environment names, or ''."""
    return os.environ.get("PLUMBLINE_CALLABLE", "").strip()


def _refine(config: dict[str, Any], _: list[str]) -> None:
    name = named()
    if not _NAME.fullmatch(name):
        raise UsageError("No callable is named: start with PLUMBLINE_CALLABLE=package.module:function in the "
                         "environment, or give --callable on the command line.")
    if config["callable"] not in ("", name):
        raise UsageError(f"This version is for {config['callable']}, and PLUMBLINE_CALLABLE names {name}. Name the "
                         "same one, or add another version.")
    config["callable"] = name


@asynccontextmanager
async def _opened(config: dict[str, Any], calls: int) -> AsyncIterator[Ask]:
    _refine({**config}, [])
    scrub = scrubber(*(value for name, value in os.environ.items()
                       if _SECRET_NAME.search(name) and name != keys.VARIABLE))
    function, elsewhere = _load(named(), scrub), _Elsewhere()

    async def ask(trace: Trace) -> Answer:
        start = monotonic()
        try:
            async with asyncio.timeout(config["timeout"]):
                found = await elsewhere.call(function, trace)
        except TimeoutError:
            raise LlmError("timeout", f"The callable gave no answer within {config['timeout']:g} s.") from None
        except BaseException as error:
            if isinstance(error, (asyncio.CancelledError, KeyboardInterrupt)):
                raise
            raise _raised(error, scrub) from None
        return _read(found, int((monotonic() - start) * 1000), scrub)

    try:
        yield ask
    finally:
        elsewhere.close()


def _load(name: str, scrub: Callable[[str], str]) -> Callable:
    module, _, path = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except (Exception, SystemExit) as error:
        raise UsageError(f"{name} cannot be imported: {scrub(f'{type(error).__name__}: {error}')[:300]}. Put its "
                         "folder into PYTHONPATH, as an absolute path.") from None
    if not callable(found):
        raise UsageError(f"{name} is no function that can be called.")
    return found


class _Elsewhere:
    """Threads of their own for the calls, and one loop of its own for what is awaited there.

    They are daemons: one that hangs is left behind at its deadline, and holds up neither the other calls nor the
    end of the process.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        self.loop.run_forever()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def call(self, function: Callable, trace: Trace) -> Any:
        here, done = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

        def finish(result: Any, error: BaseException | None) -> None:
            if not done.done():
                done.set_exception(error) if error else done.set_result(result)

        def work() -> None:
            result, error = None, None
            try:
                result = self._called(function, trace)
            except BaseException as raised:
                # A future takes no StopIteration, and an exit is the callable's, not ours.
                error = raised if isinstance(raised, Exception) and not isinstance(raised, StopIteration) else (
                    RuntimeError(f"{type(raised).__name__}: {raised}"))
            with contextlib.suppress(RuntimeError):  # whoever asked has gone, loop and all
                here.call_soon_threadsafe(finish, result, error)

        threading.Thread(target=work, daemon=True).start()
        return await done

    def _called(self, function: Callable, trace: Trace) -> Any:
        result = function(*_arguments(function, trace))
        if not inspect.isawaitable(result):
            return result

        async def awaited() -> Any:
            return await result

        waiting: Coroutine = awaited()
        return asyncio.run_coroutine_threadsafe(waiting, self.loop).result()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(1)  # unless something on the loop holds it up


def _arguments(function: Callable, trace: Trace) -> tuple:
    """The input, and for a function that takes two, what is known about the trace."""
    about = {"id": trace.id, "dimensions": {name: list(values) for name, values in trace.dimensions.items()},
             "context": trace.context, "messages": trace.messages}
    try:
        inspect.signature(function).bind(trace.input, about)
    except (TypeError, ValueError):
        return (trace.input,)
    return trace.input, about


def _raised(error: BaseException, scrub: Callable[[str], str]) -> LlmError:
    kind = "connection" if isinstance(error, ConnectionError) else "exception"
    lines = traceback.format_exception(error)
    return LlmError(kind, clean(f"The callable raised {type(error).__name__}: {error}", scrub)[:500],
                    raw=clean("".join(lines), scrub)[-MAX_RAW:])


def _read(found: Any, milliseconds: int, scrub: Callable[[str], str]) -> Answer:
    """Text, or a dict with "output" and whatever else is worth keeping."""
    given = {"output": found} if isinstance(found, str) else found
    if not isinstance(given, dict) or not isinstance(given.get("output"), str):
        raise LlmError("unreadable", 'The callable has to return text, or a dict with the text as "output"; '
                                     f"it returned {type(found).__name__}.", raw=clean(repr(found), scrub)[:MAX_RAW])
    try:
        given = clean(json.loads(json.dumps(given, default=repr)), scrub)
    except (ValueError, TypeError, RecursionError):
        raise LlmError("unreadable", "The callable returned a dict that JSON cannot hold.",
                       raw=clean(repr(given), scrub)[:MAX_RAW]) from None
    messages, context = given.pop("messages", None), given.pop("context", None) or {}
    if not isinstance(context, dict) or not (messages in (None, []) or is_conversation(messages)):
        raise LlmError("unreadable", "The callable's \"messages\" have to be a list in OpenAI's chat format, and its "
                                     '"context" a dict.', raw=repr(given)[:MAX_RAW])
    return Answer(given.pop("output"), messages or None, context, {"milliseconds": milliseconds, **given})


CONNECTOR = Connector("python", "Python function", "A function in your own code, named in PLUMBLINE_CALLABLE.", (
    Field("callable", "Function", "PLUMBLINE_CALLABLE names it; it can be named there only.", "environment"),
    TIMEOUT),
    _refine, _opened)

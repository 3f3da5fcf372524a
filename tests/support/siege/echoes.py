"""Every path on which a server may send the key back: replies that look well, refusals and errors."""

from collections.abc import Callable

from tests.support.endpoint import Answer, completion, error, verdict

PATHS: dict[str, Callable[[str], Answer]] = {
    "a verdict": lambda said: verdict("fail", said), "prose": lambda said: completion(f"No: {said}"),
    "a refusal": lambda said: completion(None, refusal=said), "a cut reply": lambda said: completion(said, "length"),
    "a model's name": lambda said: Answer(body={**verdict("pass").body, "model": said}),
    "a tool": lambda said: completion("x", tool_calls=[{"function": {"arguments": said}}]),
    "thoughts": lambda said: completion(f"<think>{said}</think>fine"),
    "a page": lambda said: Answer(200, f"<!doctype html>{said}", {"Content-Type": "text/html"}),
    "a page that fails": lambda said: Answer(502, f"<title>{said}</title>"),
    "no choices": lambda said: Answer(body={"choices": [], "said": said}),
    "an error inside": lambda said: Answer(body={"error": {"message": said, "code": said}}),
    **{str(status): lambda said, status=status: error(status, said, code=said, param=said)
       for status in (400, 401, 402, 403, 404, 422, 429, 500, 503)}}

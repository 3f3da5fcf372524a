"""What an endpoint's answers teach of a model: the format it takes, and parameters it wants otherwise or not at all.

Pure: knows no network and no store. Nothing here is guessed from a model's name.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from lib.models.replies import LlmError

# A server that cannot take a schema is asked for a JSON object, then for plain text.
FORMATS = ("json_schema", "json_object", "text")
# Errors that may be the format's fault, whatever they say.
_REFUSED = ("response_format", "bad_request", "parameter", "model_not_found")
# Two names of one bound: models that reason take the second one only, and older servers the first one.
_OTHER_NAME = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
# How words are drawn: models that reason take no value of these but their own. What else is named is wanted.
_DRAWN = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias")


@dataclass(frozen=True)
class Habits:
    """How one model of an endpoint is asked, where that differs from how the prompt version says."""

    format: str = FORMATS[0]
    instead: dict[str, str] = field(default_factory=dict)  # parameters that go under another name
    without: tuple[str, ...] = ()  # parameters that are left out

    def applied(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters as this model takes them."""
        return {self.instead.get(name, name): value for name, value in parameters.items() if name not in self.without}

    def after(self, error: LlmError, parameters: dict[str, Any], proved: bool) -> "Habits | None":
        """How to ask once more after a refusal; None where it is to be believed.

        `proved`: a call of this model has gone through in this format, so that the format is not at fault.
        """
        name = self._named(error, self.applied(parameters))
        if name in _OTHER_NAME and _OTHER_NAME[name] not in self.instead and name not in self.instead.values():
            return replace(self, instead={**self.instead, name: _OTHER_NAME[name]})
        if name in _DRAWN:
            return replace(self, without=(*self.without, name))
        if proved or error.kind not in _REFUSED or self.format == FORMATS[-1]:
            return None
        return replace(self, format=FORMATS[FORMATS.index(self.format) + 1])

    def _named(self, error: LlmError, sent: dict[str, Any]) -> str:
        """The parameter that a refusal names, of those that were sent."""
        if error.kind not in ("parameter", "bad_request"):
            return ""
        if error.param in sent:
            return error.param
        named = [name for name in (*_OTHER_NAME, *_DRAWN) if name in sent and name in error.raw]
        # "max_tokens" is no part of "max_completion_tokens", and of both the one that was sent is meant.
        return named[0] if named and any(word in error.raw.lower() for word in (
            "support", "unknown", "unrecognized", "unexpected", "not allowed", "not permitted", "deprecated")) else ""

    def joined(self, other: "Habits", proved: bool) -> "Habits":
        """Both together; the weaker format, unless the stricter one has gone through."""
        weaker = max(self.format, other.format, key=FORMATS.index)
        return Habits(self.format if proved else weaker, {**self.instead, **other.instead},
                      tuple(dict.fromkeys((*self.without, *other.without))))

    @property
    def stored(self) -> dict[str, Any]:
        """As plain data; `Habits.of` reads it."""
        return asdict(self)

    @staticmethod
    def of(stored: dict[str, Any]) -> "Habits":
        """From plain data; what is no format of ours is the first one."""
        wanted = stored.get("format")
        return Habits(wanted if wanted in FORMATS else FORMATS[0], dict(stored.get("instead") or {}),
                      tuple(stored.get("without") or ()))

    @property
    def words(self) -> str:
        """What differs, in a sentence; "" where nothing does."""
        said = []
        if self.format != FORMATS[0]:
            said.append({"json_object": "a JSON object, for it takes no schema",
                         "text": "plain text, for it takes no format"}[self.format])
        said += [f"'{new}' in place of '{old}'" for old, new in self.instead.items()]
        said += [f"no '{name}', of which it takes no value" for name in self.without]
        return f"By its own answers this model is asked with {', '.join(said)}." if said else ""

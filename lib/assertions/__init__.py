"""Assertions: plain checks of one output. They need no model and run nobody's code.

An assertion holds (pass), does not (fail), or cannot be checked here (None) and says why. What is here is pure and may
hang or end its interpreter on settings or outputs of bad will, by the libraries under it: bounded.py tries it in a
process of its own, and nothing else does.
"""

from collections.abc import Callable

from lib.assertions import patterns, plain, structured
from lib.assertions.kinds import Answered, Checked, Config, Field, Kind, NotChecked, TooSlow
from lib.records import UsageError
from lib.records.words import counted

__all__ = ["KINDS", "Answered", "Checked", "Config", "Field", "Kind", "checker"]

MOST_CHECKED = 1_000_000  # characters of an output
MOST_KEPT = 2_000  # characters of a name, a reason or a setting
TOO_LONG = Checked(None, f"The output has more than {MOST_CHECKED:,} characters.")
_TEXT = {"text": Field("Text", ""), "case": Field("Capital letters", "ignored", ("ignored", "matters"))}

KINDS = {
    "contains": Kind("The output holds this text.", _TEXT, plain.text, plain.contains),
    "does not contain": Kind("The output does not hold this text.", _TEXT, plain.text, plain.lacks),
    "regular expression": Kind(
        f"The output matches a pattern, or must not; {patterns.SECONDS} seconds at most.",
        {"pattern": Field("Pattern", ""), "it": Field("The output", "must match", ("must match", "must not match"))},
        patterns.ready, patterns.matches),
    "JSON valid": Kind("The output as a whole is JSON.", {}, lambda config: None, structured.valid),
    "JSON Schema": Kind("The output is JSON that fits this schema; nothing a schema points to is fetched.",
                        {"schema": Field("Schema", "{}", long=True)}, structured.schema, structured.fits),
    "JSONPath equals": Kind("The output is JSON, and what stands at this place equals this value.",
                            {"path": Field("JSONPath", ""), "value": Field("Value, as JSON", "")}, structured.path,
                            structured.equals),
    "length": Kind("The output is no shorter and no longer than this.",
                   {"least": Field("At least", None), "most": Field("At most", None),
                    "unit": Field("Counted in", "characters", ("characters", "words"))}, plain.bounds, plain.length),
    "latency": Kind("The AI system took no longer than this, where that is known.",
                    {"most": Field("At most, in milliseconds", None)}, plain.limit, plain.quick),
}


def refuse_long(**texts: object) -> None:
    """UsageError where one of these texts, each under the name a user knows it by, is too long to be kept."""
    for name, text in texts.items():
        if len(str(text)) > MOST_KEPT:
            raise UsageError(f"{name.capitalize()}: {counted(len(str(text)), 'character')}; an assertion keeps "
                             f"{MOST_KEPT:,} at most. Make it shorter.")


def checker(kind: str, config: Config) -> Callable[[Answered], Checked]:
    """The check of one assertion, for any number of answers.

    UsageError for an unknown kind, and for settings that are unknown or make no sense.
    """
    row = KINDS.get(kind)
    if row is None:
        raise UsageError(f"There is no kind of assertion '{kind}'. Kinds: {', '.join(KINDS)}.")
    if unknown := set(config) - set(row.fields):
        raise UsageError(f"'{kind}' has no setting '{min(unknown)}'. "
                         f"Its settings: {', '.join(row.fields) or 'none'}.")
    ready = row.ready({**{name: field.default for name, field in row.fields.items()}, **config})
    return lambda answered: _checked(row, ready, answered)


def _checked(row: Kind, ready: object, answered: Answered) -> Checked:
    if len(answered.output) > MOST_CHECKED:
        return TOO_LONG
    try:
        return row.check(ready, answered)
    except NotChecked as reason:
        return Checked(None, str(reason), isinstance(reason, TooSlow))

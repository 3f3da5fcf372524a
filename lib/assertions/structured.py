"""Assertions on an output that is JSON: valid, fitting a schema, or with a value at a place. Nothing is fetched.

The libraries are imported where they are used: the server, which shows the kinds, never checks.
"""

import json
from typing import Any

from lib.assertions.kinds import Answered, Checked, Config, NotChecked, verdict
from lib.assertions.patterns import Clock, compiled
from lib.records import FAIL, PASS, UsageError


def _parsed(output: str) -> Any:
    """The JSON of an output; ValueError where it is none, or is nested too deep to be anybody's answer."""
    try:
        return json.loads(output, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def valid(_: None, answered: Answered) -> Checked:
    """Whether the output as a whole is JSON."""
    try:
        _parsed(answered.output)
    except ValueError as error:
        return _no_json(error)
    return Checked(PASS, "It is JSON.")


def _no_json(error: ValueError) -> Checked:
    return Checked(FAIL, f"It is no JSON: {error}.")


def _setting(value: Any, what: str) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{what} has to be JSON ({error}).") from None


def schema(config: Config) -> Any:
    """The schema, checked itself, as a validator; and the clock of the check that goes on, in a list of its own."""
    import jsonschema
    import referencing

    found = _setting(config["schema"], "The schema")
    if not isinstance(found, (dict, bool)):
        raise UsageError("A JSON Schema is a JSON object.")
    kind = jsonschema.validators.validator_for(found, jsonschema.Draft202012Validator)
    try:
        kind.check_schema(found)
    except (jsonschema.SchemaError, RecursionError) as error:
        raise UsageError(f"This is no JSON Schema: {getattr(error, 'message', error)}.") from None
    clocks: list[Clock] = []
    # An empty registry: what a schema points to elsewhere is never fetched.
    return jsonschema.validators.extend(kind, _bounded(clocks))(found, registry=referencing.Registry()), clocks


def fits(settings: Any, answered: Answered) -> Checked:
    """Whether the output fits the schema."""
    import referencing

    validator, clocks = settings
    clocks[:] = [Clock()]
    try:
        error = next(validator.iter_errors(_parsed(answered.output)), None)
    except (referencing.exceptions.Unresolvable, RecursionError) as reason:
        where = getattr(reason, "ref", "itself without end")
        raise NotChecked(f"The schema points to {where}, which is not in it; nothing is fetched.") from None
    except ValueError as reason:
        return _no_json(reason)
    return Checked(PASS, "It fits the schema.") if error is None else Checked(
        FAIL, f"At {error.json_path}: {error.message[:200]}.")


def _bounded(clocks: list[Clock]) -> dict[str, Any]:
    """The two keywords that run patterns, within the time of the check that goes on."""
    import jsonschema

    def pattern(validator: Any, wanted: str, instance: Any, _: Any) -> Any:
        if isinstance(instance, str) and not clocks[0].search(compiled(wanted), instance):
            yield jsonschema.ValidationError(f"{instance[:80]!r} does not match {wanted!r}")

    def properties(validator: Any, wanted: dict[str, Any], instance: Any, _: Any) -> Any:
        for one, within in wanted.items() if isinstance(instance, dict) else ():
            for name, value in instance.items():
                if clocks[0].search(compiled(one), name):
                    yield from validator.descend(value, within, path=name, schema_path=one)

    return {"pattern": pattern, "patternProperties": properties}


def path(config: Config) -> tuple[Any, Any]:
    """The place, and the value it must equal."""
    import jsonpath

    if not isinstance(config["path"], str) or not config["path"].strip():
        raise UsageError("Write a JSONPath. An example: $.items[0].price")
    places = jsonpath.JSONPathEnvironment()
    places.function_extensions.clear()  # match() and search() would run a pattern without a limit of time
    try:
        place = places.compile(config["path"])
    except (jsonpath.JSONPathError, RecursionError) as error:
        raise UsageError(f"'{config['path']}' is no JSONPath ({str(error).splitlines()[0]}). "
                         "An example: $.items[0].price") from None
    return place, _setting(config["value"], "The value it must equal")


def equals(settings: tuple[Any, Any], answered: Answered) -> Checked:
    """Whether all that stands at the place equals the value."""
    import jsonpath

    place, wanted = settings
    try:
        found = place.findall(_parsed(answered.output))
    except (jsonpath.JSONPathError, TypeError, LookupError, RecursionError) as error:
        raise NotChecked(f"The JSONPath cannot be followed here: {error}.") from None
    except ValueError as error:
        return _no_json(error)
    if not found:
        return Checked(FAIL, "There is nothing at this place.")
    other = next((one for one in found if not _same(one, wanted)), found[0])
    return verdict(_same(other, wanted), f"It is {json.dumps(other, ensure_ascii=False)[:80]}.")


def _same(one: Any, other: Any) -> bool:
    """As JSON has it: 1 is 1.0, but true is not 1, though Python says so."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other

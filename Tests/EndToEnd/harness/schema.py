"""The JSON Schemas of the --json interface, against which every event seen is held, and every
command that a test gives in good faith."""

import json
from functools import lru_cache

import jsonschema

from .programs import REPOSITORY

RESOURCES = REPOSITORY / "Sources" / "ChatControl" / "ChatControl.docc" / "Resources"

# Values that decide which shape an event must have; two events that agree in these and in their
# keys and types are alike to the schema, but for the patterns of strings.
_DECIDING = ("event", "trust", "state", "dialect", "direction", "reason", "code")
# How many events of a process are checked one by one, before only new shapes are.
_IN_FULL = 200


@lru_cache
def load(name):
    """The schema of `events` or `commands`."""
    return json.loads((RESOURCES / f"{name}.schema.json").read_text())


@lru_cache
def validator(name):
    schema = load(name)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def check(instance, name="events"):
    """Fails with what the schema has against an object."""
    errors = sorted(validator(name).iter_errors(instance), key=lambda error: list(error.path))
    if errors:
        best = jsonschema.exceptions.best_match(errors)
        raise AssertionError(
            f"not what the schema allows, at {list(best.path)}: {best.message[:500]}\n"
            f"{json.dumps(instance)[:1000]}")


class EventChecker:
    """Checks the events of one process."""

    def __init__(self):
        self._seen = 0
        self._shapes = set()

    def check(self, event):
        shape = _shape(event)
        self._seen += 1
        if self._seen > _IN_FULL and shape in self._shapes:
            return
        self._shapes.add(shape)
        check(event)


def _shape(value, key=None):
    if isinstance(value, dict):
        return tuple(sorted((name, _shape(inner, name)) for name, inner in value.items()))
    if isinstance(value, list):
        return ("list", frozenset(_shape(inner) for inner in value))
    if key in _DECIDING and isinstance(value, str):
        return ("=", value)
    return (type(value).__name__,)

"""Finding the part of a JSON Schema that speaks of a place in a document."""

import re

from jsonschema import Draft202012Validator

_TOKEN = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def tokens_of(key):
    """`examples[2].facts` -> ["examples", 1, "facts"]; problems count from 1."""
    return [int(at) - 1 if at else name for name, at in _TOKEN.findall(key)]


class Walk:
    def __init__(self, schema):
        self.schema = schema
        self.validator = Draft202012Validator(schema)

    def form_at(self, document, tokens):
        """Pointer and schema of the one form that the mapping at this place has."""
        found = self._forms("", self.schema, document)
        for token in tokens:
            document = document[token]
            found = [form for at, schema in found for form in self._child(at, schema, token, document)]
        (one,) = {at: schema for at, schema in found if "properties" in schema}.items()
        return one

    def mappings(self):
        """Every form with keys of its own, by pointer."""
        found = {}
        self._gather("", self.schema, found)
        return sorted(found.items())

    def _forms(self, at, schema, value):
        """The alternatives that the value has."""
        at, schema = self._resolved(at, schema)
        if "properties" in schema or not (ways := schema.get("oneOf")):
            return [(at, schema)]
        fitting = [(f"{at}/oneOf/{i}", way) for i, way in enumerate(ways) if self._fits(way, value)]
        return [form for inner, way in fitting for form in self._forms(inner, way, value)]

    def _child(self, at, schema, token, value):
        if isinstance(token, int):
            return self._forms(f"{at}/items", schema["items"], value)
        if token in schema.get("properties", {}):
            return self._forms(f"{at}/properties/{token}", schema["properties"][token], value)
        return self._forms(f"{at}/additionalProperties", schema["additionalProperties"], value)

    def _resolved(self, at, schema):
        while "$ref" in schema:
            name = schema["$ref"].removeprefix("#/$defs/")
            at, schema = f"/$defs/{name}", self.schema["$defs"][name]
        return at, schema

    def _fits(self, schema, value):
        return self.validator.evolve(schema={**schema, "$defs": self.schema["$defs"]}).is_valid(value)

    def _gather(self, at, schema, found):
        if isinstance(schema, list):
            for i, item in enumerate(schema):
                self._gather(f"{at}/{i}", item, found)
        elif isinstance(schema, dict):
            if "additionalProperties" in schema and isinstance(schema.get("properties"), dict):
                found[at] = schema
            for name, value in schema.items():
                if name not in ("enum", "required"):
                    self._gather(f"{at}/{name}", value, found)

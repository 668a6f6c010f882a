"""The OpenAPI description is valid, complete, Chinese, and what the API really answers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft4Validator

from config.management.commands.prepare import FIXTURES
from tests.api.calling import QUOTE, Program, another_edition, program_of
from tests.cast import EDITION, Cast


@pytest.fixture
def program(cast: Cast) -> Program:
    return program_of(cast.authority, cast.administrator)


@pytest.fixture
def schema(program: Program) -> dict[str, Any]:
    return program.get("schema/", Accept="application/json").json()


def test_it_is_valid_without_a_warning(tmp_path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_it_comes_as_yaml_too(program: Program, schema: dict[str, Any]) -> None:
    assert yaml.safe_load(program.get("schema/").content) == schema


def test_it_says_everything_in_chinese(schema: dict[str, Any]) -> None:
    def said(node: Any) -> list[str]:
        if isinstance(node, list):
            return [text for part in node for text in said(part)]
        if not isinstance(node, dict):
            return []
        own = [node[key] for key in ("description", "summary", "title") if isinstance(node.get(key), str) and node[key]]
        return own + [text for part in node.values() for text in said(part)]

    assert not [text for text in said(schema) if not re.search("[一-鿿]", text)]


def _closed(node: Any, schema: dict[str, Any]) -> Any:
    """The shape with its references looked up, nullable understood, and no room for what it does not name."""
    if isinstance(node, list):
        return [_closed(part, schema) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _closed(schema["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]], schema)
    if "allOf" in node:
        return _closed(node["allOf"][0], schema)
    shape = {
        key: _closed(part, schema) for key, part in node.items() if key not in {"format", "nullable", "description"}
    }
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        shape["properties"] = {name: _closed(part, schema) for name, part in node["properties"].items()}
        shape["additionalProperties"] = False
    if node.get("nullable"):
        shape["type"] = [shape["type"], "null"]
    return shape


@pytest.mark.parametrize(
    ("method", "path", "template", "body"),
    [
        ("get", "editions/", "editions/", None),
        ("get", f"editions/{EDITION}/", "editions/{code}/", None),
        ("post", "quotes/", "quotes/", QUOTE),
        ("post", "quotes/", "quotes/", QUOTE | {"facts": {}}),
        ("post", "quotes/batch/", "quotes/batch/", {"quotes": [QUOTE, 7]}),
    ],
)
def test_answers_have_the_shape_that_is_described(
    method: str, path: str, template: str, body: Any, program: Program, schema: dict[str, Any]
) -> None:
    response = program.get(path) if body is None else program.post(path, body)
    described = schema["paths"][f"/api/v1/{template}"][method]["responses"][str(response.status_code)]
    shape = described["content"][response["Content-Type"]]["schema"]
    Draft4Validator(_closed(shape, schema)).validate(json.loads(response.content))


@pytest.mark.parametrize("document", sorted((FIXTURES / "editions").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_notice_has_the_shape_that_is_described(
    document: Path, cast: Cast, program: Program, schema: dict[str, Any]
) -> None:
    text = document.read_text(encoding="utf-8")
    another_edition(cast, code=f"as-{document.stem}", document=text)
    answer = program.get(f"editions/as-{document.stem}/")
    Draft4Validator(_closed({"$ref": "#/components/schemas/EditionTermsShown"}, schema)).validate(answer.json())
    assert {coverage["code"] for coverage in answer.json()["coverages"]} == set(yaml.safe_load(text)["coverages"])

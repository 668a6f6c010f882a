"""The schema can be had from the portal, for an editor away from the repository."""

import json

from tests.rules.documents import ROOT


def test_it_is_the_published_one(cast, login):
    answer = login(cast.clerk).get("/editions/schema.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json; charset=utf-8")
    assert json.loads(answer.content) == json.loads((ROOT / "docs/edition.schema.json").read_text(encoding="utf-8"))


def test_a_stranger_is_asked_to_log_in(client, db):
    assert client.get("/editions/schema.json").status_code == 302

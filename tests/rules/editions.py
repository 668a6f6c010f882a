"""The editions that the rules are tested with, loaded once."""

import csv
from functools import cache
from pathlib import Path

import yaml

from schemes.terms.loader import load_document
from schemes.terms.model import EditionTerms

ROOT = Path(__file__).parent.parent.parent
WANZHOU = "wanzhou-2021"


def text_of(edition: str) -> str:
    return (ROOT / f"fixtures/editions/{edition}.yaml").read_text(encoding="utf-8")


@cache
def terms_of(edition: str) -> EditionTerms:
    loaded = load_document(text_of(edition), f"{edition}.yaml")
    assert loaded.terms is not None, [problem.sentence for problem in loaded.problems]
    return loaded.terms


@cache
def cases(name: str):
    return yaml.safe_load((ROOT / f"tests/cases/{name}.yaml").read_text(encoding="utf-8"))


def townships_of(county: str, edition: str) -> dict[str, list[str]]:
    """Each township of the county with the other names that the notice uses."""
    with (ROOT / "fixtures/regions/regions.csv").open(encoding="utf-8") as file:
        names = {row["name"]: [] for row in csv.DictReader(file) if row["parent_code"] == f"{county}000000"}
    with (ROOT / "fixtures/regions/notice_township_map.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["edition"] == edition and row["match"] == "alias":
                names[row["name_in_data"]].append(row["name_in_document"])
    return names

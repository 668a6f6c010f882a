"""Editions and amendments: stored, checked, published."""

from schemes.services.amendments import (
    check_amendment,
    describe_amendment,
    draft_amendment,
    publish_amendment,
    store_amendment,
)
from schemes.services.documents import EditionRefused, TrialFiguresLeft, townships_of
from schemes.services.editions import store_edition
from schemes.services.lifecycle import check_edition_draft, publish_edition
from schemes.services.states import record_state

__all__ = [
    "EditionRefused",
    "TrialFiguresLeft",
    "check_amendment",
    "check_edition_draft",
    "describe_amendment",
    "draft_amendment",
    "publish_amendment",
    "publish_edition",
    "record_state",
    "store_amendment",
    "store_edition",
    "townships_of",
]

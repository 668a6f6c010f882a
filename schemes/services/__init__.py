"""Editions and amendments: stored, checked, published."""

from schemes.services.amendments import (
    check_amendment,
    describe_amendment,
    draft_amendment,
    publish_amendment,
    store_amendment,
)
from schemes.services.discarding import discard_amendment, discard_edition
from schemes.services.documents import EditionRefused, TrialFiguresLeft, townships_of
from schemes.services.editions import store_edition
from schemes.services.lifecycle import check_edition_draft, publish_edition
from schemes.services.same_edition import broken_ties, is_fixed
from schemes.services.states import record_state

__all__ = [
    "EditionRefused",
    "TrialFiguresLeft",
    "broken_ties",
    "check_amendment",
    "check_edition_draft",
    "describe_amendment",
    "discard_amendment",
    "discard_edition",
    "draft_amendment",
    "is_fixed",
    "publish_amendment",
    "publish_edition",
    "record_state",
    "store_amendment",
    "store_edition",
    "townships_of",
]

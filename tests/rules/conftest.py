"""Hypothesis without its stopwatch: two busy cores make an innocent example slow."""

from hypothesis import settings

settings.register_profile("portal", deadline=None, max_examples=50)
settings.load_profile("portal")

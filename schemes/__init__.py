"""Schemes and editions: terms as data (terms/), what they compute (rules/)."""

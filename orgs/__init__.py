"""Regions, organizations, people and roles; who sees what; audit; encrypted fields."""

"""Use cases of claims: one write each, keyword-only, atomic, audited."""

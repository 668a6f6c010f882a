"""Use cases of orgs: one write each, keyword-only, audited."""

"""Use cases of enrolment: one write each, keyword-only, atomic, audited."""

"""Editions and quotes for programs: the same rows, acts and figures as on the pages."""

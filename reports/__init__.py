"""Workbench and other pages that read the figures of several rooms."""

"""Ledger, premium bills, the allocation sheet."""

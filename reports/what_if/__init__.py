"""What-if: proposed terms over the claims of a past edition, before anyone decides."""

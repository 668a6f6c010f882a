"""Pages of the premium: the allocation sheet with its bills, and the figures that it rests on."""

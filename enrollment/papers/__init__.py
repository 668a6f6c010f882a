"""What stands on each paper that is printed of a roster: reads only, ready for a template of office/print."""

"""People on rosters: import, lists, look-up. roster/ is the pure reading and checking of workbooks."""

"""What every office has: jobs, files, sheets, print, the calendar of days off."""

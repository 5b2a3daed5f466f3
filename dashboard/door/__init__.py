"""Who comes in, and where to: the table of needs, the guard that holds every request to it, the pages at the door."""

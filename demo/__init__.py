"""A seeded national campaign that writes into the registry the way the real systems would, dirt and faults included."""

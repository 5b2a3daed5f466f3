"""What else could do the refresh's work, on the same history and the same changes, held to the same cells."""

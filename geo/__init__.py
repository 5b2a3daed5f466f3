"""Areas, their names and their shapes: the 63 provinces of 2021 and the 34 of 2025."""

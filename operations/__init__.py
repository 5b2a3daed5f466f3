"""What the centre does about what it sees: alerts and, later, plans and transfers. Kept in the registry."""

"""From sources to the warehouse: pull, check, apply, publish. The only code that writes the warehouse."""

"""One module a group of commands. Parses, wires the parts together, prints; decides nothing."""

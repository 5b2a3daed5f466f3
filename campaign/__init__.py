"""Pure rules of a vaccination campaign. Values and the clock come in as arguments; values go out."""

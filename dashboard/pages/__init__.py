"""One module of callbacks a page."""

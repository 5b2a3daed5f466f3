"""One file a feed: what is read from where, and what a good row looks like."""

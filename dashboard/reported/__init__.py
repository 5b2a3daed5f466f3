"""Reports put together from the readings that the pages are drawn from: a report's number is the tile's."""

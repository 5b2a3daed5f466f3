"""Files of others as they come, read into values of the core. Bytes in, frozen values out: no folder, no database."""

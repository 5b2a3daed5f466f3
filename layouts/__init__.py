"""What a screen looks like: values in, components and figures out. No database, no callbacks."""

"""The platform's central database: schema and migrations, embedded server, typed writers."""

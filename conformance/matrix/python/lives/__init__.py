"""A file per resource; see `life.Life`."""

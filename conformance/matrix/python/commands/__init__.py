"""A file per resource of the `ax` command line; see `command.Command`."""

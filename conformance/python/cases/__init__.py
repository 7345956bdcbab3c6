"""What a user of the official Python client does with API keys, a file per subject."""

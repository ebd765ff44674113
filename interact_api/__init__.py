"""The interaction service: its nouns and doors come here; the builder doesn't know of it."""

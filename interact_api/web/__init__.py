"""HTTP: the doors to the nouns. Only here is Starlette known, and nothing here knows SQL."""

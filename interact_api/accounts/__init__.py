"""People: their names, passwords, sessions, tokens, roles and profiles."""

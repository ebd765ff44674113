"""What keeps it bearable: rules, the queue, bans, overrides."""

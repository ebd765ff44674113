"""
The world as keys: the only room that reads what people wrote.

    files    content:, theme:, static:, data: and the listings of these folders
    config   config:SECTION of streamly.toml
    facts    fact:, facts: and fact-names:, what the public pages show of the interactions
    clock    now:
    world    all of them, as the engine sees them
"""

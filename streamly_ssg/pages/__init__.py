"""
Rules: pure functions from what they fetch to values.

    rules       for every kind of key, how its values come about: begin here
    sources     content files as keys          catalogue  what is published now, and where
    index       the routes of all pages        listing, related  lists, feeds, relatives
    frame       what many pages share          *_pages, feeds, site_files  what each page shows
    views       what templates may see         themes, rendering, filters  templates
"""

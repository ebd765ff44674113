"""
Documents: one file of Markdown, read into what its pages need. Nothing here knows of other files.

    document     the whole way, from bytes to head, body and links: begin here
    frontmatter  strict_yaml, strict_toml, raw: the fields as written, with their places
    meta         fields, dates, filenames, foreign: the fields as meant, and what is wrong with them
    markup       the body; commonmark and python_markdown are the engines it may use
    highlight    lexing, beginnings: code in colours
    shortcodes, links, fragments, excerpts, mathematics, texts, slugs   steps on the way
"""

"""The builder: Markdown, themes, settings and facts in, a static site out."""

"""Numbers: views, what is trending and popular, and what pages have come to."""

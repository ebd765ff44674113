"""What people do with pages and with each other: likes, follows, blocks, comments, reports."""

"""
The interaction service: people sign in, like, follow and comment.

Nouns (`accounts`, `social`, `moderation`, `notices`, `numbers`) hold types, rules, reads and
writes, and know neither HTTP nor each other's tables; `web` is HTTP and knows no SQL; `db` and
`schema` are the ground. Every write says in the same transaction which public facts it changed
(`facts`).
"""

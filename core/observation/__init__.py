"""What a server says of itself: the occasion of every line of the journal, counts, failures (docs/observation.md)."""

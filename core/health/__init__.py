"""Whether the parts of a server are well: what a probe asks, what background parts leave behind."""

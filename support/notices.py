from notifications import kinds


def register() -> None:
    # N-60. What one asked of the team is never stopped.
    for name in ("received", "answer", "merged", "closing", "lapsed"):
        kinds.register(kinds.Kind(f"support.{name}"))

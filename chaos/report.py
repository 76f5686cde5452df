"""The figures of a run."""

from statistics import median

from chaos import checks
from chaos.play import Outcome
from messaging.models import Message
from notifications.models import Email


def figures(outcome: Outcome, seed: int) -> dict[str, object]:
    run = outcome.run
    rooms = checks.seconds(run)
    received = run.mailbox.received
    return {
        "run": "chaos",
        "seed": seed,
        "journeys": len(run.journeys),
        "arrived": sum(not journey.error for journey in run.journeys),
        "kills": run.killer.counted(),
        "comebacks": outcome.comebacks,
        "seconds": round(outcome.seconds),
        "median_journey_s": round(median(journey.took for journey in run.journeys)),
        "requests_repeated": sum(journey.learner.repeats + journey.mentor.repeats for journey in run.journeys),
        "messages": Message.objects.filter(kind="text").count(),
        "emails": Email.objects.count(),
        "emails_repeated": sum(count - 1 for count in received.values()),
        "lost_s": round(max((room.lost for room in rooms), default=0), 2),
        "double_s": round(max((room.double for room in rooms), default=0), 2),
        "kills_in_a_room": max((room.kills for room in rooms), default=0),
        "wrong": {name: len(rows) for name, rows in outcome.wrong.items() if rows},
    }

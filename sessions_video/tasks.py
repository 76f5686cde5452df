from celery import shared_task

from sessions_video import services


@shared_task(name="sessions_video.close_ended")
def close_ended() -> None:
    services.close_ended()

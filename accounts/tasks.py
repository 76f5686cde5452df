from celery import shared_task

from accounts import closings, exports


@shared_task(name="accounts.sweep_closings")
def sweep_closings() -> None:
    """The last warning, then the erasure, of every account closed long enough ago."""
    for closing_id in closings.due_warning_ids():
        closings.warn(closing_id=closing_id)
    for closing_id in closings.due_erasure_ids():
        closings.erase(closing_id=closing_id)


@shared_task(name="accounts.sweep_exports")
def sweep_exports() -> None:
    exports.make_due_exports()
    exports.remove_old_exports()

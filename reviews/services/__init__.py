"""The verbs of this app, as the others call them."""

from reviews.services.decisions import keep_review, mask_passage, remove_reply, remove_review, restore_review
from reviews.services.invitations import due_invitations, invite, send_invitation
from reviews.services.reports import report_review
from reviews.services.writing import edit_reply, edit_review, publish_review, reply_to

__all__ = [
    "due_invitations",
    "edit_reply",
    "edit_review",
    "invite",
    "keep_review",
    "mask_passage",
    "publish_review",
    "remove_reply",
    "remove_review",
    "reply_to",
    "report_review",
    "restore_review",
    "send_invitation",
]

"""Motives that lead to a screen of their own."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reviews.models import Review
from reviews.services import publish_review, report_review
from support.models import Motive, Ticket
from tests.support.pages import lands, text_of

REVIEW = "/contact/avis/"

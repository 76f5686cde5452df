"""A small run of `./run chaos`: real parts are killed with -9 while people use the product."""

import json
import os
import smtplib
import subprocess
import sys
from email.message import EmailMessage

from chaos.mailbox import Mailbox
from core.embedded.places import PROJECT

SEED = 7


def test_nothing_is_lost_or_doubled_when_each_part_is_killed_once() -> None:
    # Its own services, never those of this test run.
    without = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "DATA_DIR", "CLOCK_OFFSET_FILE"}
    ended = subprocess.run(
        [sys.executable, "-m", "chaos", "--journeys", "3", "--kills", "8", "--seed", str(SEED)],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name not in without},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    figures = json.loads(ended.stdout.splitlines()[-1])
    assert (figures["arrived"], figures["wrong"]) == (3, {})
    assert set(figures["kills"]) == {"postgres", "valkey", "web", "worker", "beat", "room-sweeper"}
    assert figures["comebacks"] >= sum(figures["kills"].values())


def test_the_mailbox_remembers_what_it_took_and_how_often() -> None:
    mailbox = Mailbox()
    try:
        for _time in range(2):
            with smtplib.SMTP("127.0.0.1", mailbox.port) as server:
                message = EmailMessage()
                message["Message-ID"], message["To"] = "<one@chaos>", "lea@chaos.invalid"
                message.set_content(".\n..\nQUIT\n")
                server.send_message(message, "bonjour@chaos.invalid", ["lea@chaos.invalid"])
    finally:
        mailbox.close()
    assert mailbox.received == {"<one@chaos>": 2}
    assert mailbox.recipients == {"<one@chaos>": {"lea@chaos.invalid"}}

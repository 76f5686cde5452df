"""One socket per page of the room. It authenticates, checks and passes on; rules are in the services."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

from django.http import Http404
from django.utils import translation

from accounts.sockets import is_signed_in
from core.addresses import is_reference
from core.errors import DomainError
from core.observation import occasion
from core.sockets import PageSocket
from sessions_video import broadcast, services, threads
from sessions_video.errors import BadMessage, Canceled, Ended, RoomError, TooManyVisits
from sessions_video.models import VideoSession
from sessions_video.offers import offers_for
from sessions_video.protocol import COSTS, Allowance, parse
from sessions_video.reading import seen_by
from sessions_video.selectors import chat_line_of
from sessions_video.states import Role
from sessions_video.threads import in_database, with_bank

log = logging.getLogger(__name__)

NOT_SIGNED_IN, NOT_NOW, NOT_YOURS, ELSEWHERE, OVER, TOO_FAST = 4401, 4403, 4404, 4409, 4410, 4429
REFUSALS: dict[type[RoomError], int] = {Ended: OVER, Canceled: OVER, TooManyVisits: TOO_FAST}
# The page said goodbye. Any other code is trouble on the way: the lease decides.
GOODBYE = (1000, 1001)
# Each so many snapshots a page that only listens is looked at: is its person still signed in?
SNAPSHOT_SECONDS, ROUNDS_BETWEEN_LOOKS = 15, 4
BAD_MESSAGE_COST = 15

T = TypeVar("T")
Handler = Callable[["RoomConsumer", dict[str, Any]], Awaitable[None]]


class SignedOut(Exception):
    """Whoever opened the socket is no longer signed in."""


class RoomConsumer(PageSocket):
    """`page` names the page, not the socket: it survives a reconnection, and signals are addressed to it."""

    async def connect(self) -> None:
        self.user = self.scope["user"]
        self.video_session: VideoSession | None = None
        self.lease: UUID | None = None
        self.others: set[str] = set()
        self.absent_told = False
        self.synced_line = 0
        self.allowance = Allowance()
        self.tasks: set[asyncio.Task[Any]] = set()
        # Accepted before it is refused: a browser reads the code of an open socket only.
        await self.accept()
        if code := await self._enter():
            await self.close(code)

    async def _enter(self) -> int | None:
        if not self.user.is_authenticated:
            return NOT_SIGNED_IN
        reference = self.scope["url_route"]["kwargs"]["reference"]
        if not is_reference(reference):
            return NOT_YOURS
        try:
            self.page = str(UUID(parse_qs(self.scope["query_string"].decode())["page"][0]))
            async with threads.door(self._wait):
                room = await in_database(services.enter, user=self.user, reference=reference)
                await self._open(room)
        except (Http404, ValueError, KeyError):
            return NOT_YOURS
        except RoomError as error:
            return REFUSALS.get(type(error), NOT_NOW)
        return None

    async def _wait(self) -> None:
        """A page that hears nothing for long would come again, behind all the others."""
        await self._say({"type": "room.waiting"})

    async def _open(self, room: services.OpenRoom) -> None:
        self.role, self.chat_group = room.video_session.role_of(self.user), room.chat_group
        occasion.note(room=room.video_session.pk, page_id=self.page)
        await self.channel_layer.group_add(room.video_session.group, self.channel_name)
        await self.channel_layer.group_add(self.chat_group, self.channel_name)
        self.video_session = room.video_session
        self.synced_line = await self._send_state(last_chat_id=0)
        await self._tell("room.lobby", event="arrived")
        self._spawn(self._repeat_state())

    async def disconnect(self, code: int) -> None:
        for task in self.tasks:
            task.cancel()
        if self.video_session is None:
            return
        with contextlib.suppress(Exception):
            await self.channel_layer.group_discard(self.video_session.group, self.channel_name)
            await self.channel_layer.group_discard(self.chat_group, self.channel_name)
        lease, self.lease = self.lease, None
        if lease and code in GOODBYE:
            await in_database(services.leave, video_session_id=self.video_session.pk, lease=lease)
        if lease:
            await self._tell("room.peer", event="gone")
        else:
            await self._note_visit()
        await self._tell("room.lobby", event="gone")

    # --- what the page says -------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.video_session is None:
            return
        try:
            kind, fields = parse(text_data)
        except BadMessage as error:
            await self._refuse(error, cost=BAD_MESSAGE_COST)
            return
        if not self.allowance.spend(COSTS.get(kind, 1)):
            await self.close(TOO_FAST)
            return
        try:
            await self.HANDLERS[kind](self, fields)
        except SignedOut:
            await self.close(NOT_SIGNED_IN)
        except DomainError as error:
            await self._refuse(error)

    async def _act(self, work: Callable[..., T], /, **arguments: Any) -> T:
        """What a person does in the room he has open: asked again who he is, in the same turn of the database.

        Raises SignedOut, and what the work raises.
        """

        def by_a_member() -> T:
            self._check_who()
            return work(video_session=self.video_session, **arguments)

        return await in_database(by_a_member)

    def _check_who(self) -> None:
        """Signed out in another tab or closed by the team: the socket was opened before."""
        if not is_signed_in(self.scope):
            raise SignedOut

    async def _look_who(self) -> None:
        try:
            await in_database(self._check_who)
        except SignedOut:
            await self.close(NOT_SIGNED_IN)

    async def _refuse(self, error: DomainError, cost: float = 0) -> None:
        if not self.allowance.spend(cost):
            await self.close(TOO_FAST)
            return
        with translation.override(self.user.language):
            message = str(error.user_message)
        await self._say({"type": "error", "code": getattr(error, "code", "refused"), "message": message})

    async def join(self, _fields: dict[str, Any]) -> None:
        entrance = await self._act(services.join, by=self.user, page=UUID(self.page))
        self.lease = entrance.lease
        await self._say({"type": "room.joined", "state": seen_by(entrance.state, self.role)})
        if entrance.replaced_pages:
            await self._tell("room.replaced", pages=[str(page) for page in entrance.replaced_pages])
        await self._tell("room.peer", event="joined")

    async def leave(self, _fields: dict[str, Any]) -> None:
        lease, self.lease = self.lease, None
        if lease and self.video_session:
            await in_database(services.leave, video_session_id=self.video_session.pk, lease=lease)
            await self._tell("room.peer", event="gone")

    async def beat(self, _fields: dict[str, Any]) -> None:
        self._spawn(self._beat())

    async def _beat(self) -> None:
        alive = self.lease is None or await threads.beat(self.lease)
        await self._say({"type": "presence.alive", "alive": alive})

    async def sync(self, fields: dict[str, Any]) -> None:
        await in_database(self._check_who)
        await self._send_state(last_chat_id=fields["last_chat_id"])

    async def signal(self, kind: str, fields: dict[str, Any]) -> None:
        """Opaque to the server: passed to one page, never stored."""
        if self.lease:
            to = str(fields.pop("to"))
            await self._tell("room.signal", to=to, signal={"type": kind, **fields})

    async def chat(self, fields: dict[str, Any]) -> None:
        line = await self._act(services.say, by=self.user, **fields)
        # A line sent again is not news: the page that waits for it hears so from here.
        await self._say(line)

    async def relay(self, kind: str, fields: dict[str, Any]) -> None:
        if self.lease:
            await self._tell("room.message", message={"type": kind, "role": self.role, **fields})

    async def tell_media(self, fields: dict[str, Any]) -> None:
        if self.lease:
            await self._act(services.tell_media, lease=self.lease, **fields)

    async def start_paid(self, _fields: dict[str, Any]) -> None:
        at = await self._act(services.start_paid, by=self.user)
        message = {"type": "notice", "code": "paid_started", "at": at}
        await self._tell("room.message", message=message, everybody=True)

    async def offer_extensions(self, _fields: dict[str, Any]) -> None:
        """What the learner may choose, told to this page alone."""
        if self.role is Role.LEARNER:
            with translation.override(self.user.language):
                offered = await self._act(offers_for)
            await self._say({"type": "extension.offers", **offered})

    async def ask_extension(self, fields: dict[str, Any]) -> None:
        await in_database(self._check_who)
        # The bank may take its time: signs of life go on meanwhile.
        self._spawn(self._ask_extension(services.Wish(**fields)))

    async def _ask_extension(self, wish: services.Wish) -> None:
        try:
            url = await with_bank(services.ask_extension, video_session=self.video_session, by=self.user, wish=wish)
        except DomainError as error:
            await self._refuse(error)
        else:
            await self._say({"type": "extension.payment", "request_id": str(wish.request_id), "url": url})

    async def answer_extension(self, fields: dict[str, Any]) -> None:
        answer = services.accept_extension if fields.pop("accepts") else services.refuse_extension
        await self._act(answer, by=self.user, **fields)

    async def withdraw_extension(self, fields: dict[str, Any]) -> None:
        await self._act(services.withdraw_extension, by=self.user, **fields)

    async def ask_end(self, _fields: dict[str, Any]) -> None:
        await self._act(services.ask_end, by=self.user)

    async def confirm_end(self, _fields: dict[str, Any]) -> None:
        await self._act(services.confirm_end, by=self.user)

    async def drop_end(self, _fields: dict[str, Any]) -> None:
        await self._act(services.drop_end, by=self.user)

    HANDLERS: ClassVar[dict[str, Handler]] = {
        "room.join": join,
        "room.leave": leave,
        "room.sync": sync,
        "presence.beat": beat,
        "signal.description": lambda self, fields: self.signal("signal.description", fields),
        "signal.candidate": lambda self, fields: self.signal("signal.candidate", fields),
        "signal.rebuild": lambda self, fields: self.signal("signal.rebuild", fields),
        "chat.send": chat,
        "media.state": lambda self, fields: self.relay("media.state", fields),
        "media.failed": tell_media,
        "share.ask": lambda self, fields: self.relay("share.ask", fields),
        "share.decline": lambda self, fields: self.relay("share.decline", fields),
        "meter.start": start_paid,
        "extension.offers": offer_extensions,
        "extension.ask": ask_extension,
        "extension.answer": answer_extension,
        "extension.withdraw": withdraw_extension,
        "end.ask": ask_end,
        "end.confirm": confirm_end,
        "end.drop": drop_end,
    }

    # --- what the group says ------------------------------------------------------------------------------------------

    async def room_meter(self, event: dict[str, Any]) -> None:
        await self._show(event["state"])

    async def room_message(self, event: dict[str, Any]) -> None:
        if event.get("everybody") or event["from"] != self.page:
            await self._say(event["message"])

    async def thread_message(self, event: dict[str, Any]) -> None:
        """Written here or on the page of the conversation: it comes the same way."""
        line = None if event["is_card"] else await in_database(chat_line_of, message_id=event["message_id"])
        if line is None:
            return
        await self._say(line)
        if line["author_id"] != self.user.pk:
            about = {"video_session": self.video_session, "by": self.user, "up_to": line["id"]}
            await in_database(services.mark_heard, **about)

    async def room_peer(self, event: dict[str, Any]) -> None:
        """Pages that have not joined hear nothing: one that built a connection too early would hang."""
        if not self.lease or event["role"] == self.role:
            return
        await self._say({"type": f"peer.{event['event']}", "page": event["from"]})
        if event["event"] == "joined":
            await self._tell("room.peer", event="here")

    async def room_signal(self, event: dict[str, Any]) -> None:
        if self.lease and event["to"] == self.page:
            await self._say({**event["signal"], "from": event["from"]})

    async def room_replaced(self, event: dict[str, Any]) -> None:
        # Pages name themselves: none of the other person takes ours over.
        if self.lease and event["role"] == self.role and self.page in event["pages"] and event["from"] != self.page:
            self.lease = None
            await self._say({"type": "connection.replaced"})
            await self.close(ELSEWHERE)

    async def room_lobby(self, event: dict[str, Any]) -> None:
        """Who has the page open, joined or not (SK-84)."""
        if event["role"] == self.role:
            return
        if event["event"] == "gone":
            self.others.discard(event["from"])
        else:
            self.others.add(event["from"])
        await self._say({"type": "lobby.state", "other": bool(self.others)})
        if event["event"] == "arrived":
            await self._tell("room.lobby", event="here")

    # --- helpers ------------------------------------------------------------------------------------------------------

    async def _say(self, message: dict[str, Any]) -> None:
        # The socket may have closed while the database answered.
        with contextlib.suppress(Exception):
            await self.send(json.dumps(message))

    async def _tell(self, kind: str, **event: Any) -> None:
        if self.video_session:
            message = {"type": kind, "from": self.page, "role": str(self.role), **event}
            await broadcast.send(self.video_session.group, message)

    async def _show(self, state: dict[str, Any]) -> None:
        await self._say(seen_by(state, self.role))
        if state["phase"] == "ended":
            self.lease = None
            await self.close(OVER)

    async def _send_state(self, last_chat_id: int) -> int:
        """What is drawn now, and the lines after one; returns the last line."""
        last = last_chat_id
        if self.video_session:
            last = await self._send_lines(last_chat_id)
            await self._show(await threads.state_of(self.video_session.pk))
        return last

    async def _send_lines(self, after_id: int) -> int:
        lines = await in_database(services.catch_up, video_session=self.video_session, by=self.user, after_id=after_id)
        await self._say({"type": "room.state", "chat": lines})
        return int(lines[-1]["id"]) if lines else after_id

    async def _send_missed_lines(self, video_session_id: int) -> None:
        """News may be lost, as while Redis restarts: the lines since the last round are told again."""
        newest = await threads.newest_line(video_session_id)
        if newest > self.synced_line:
            await self._send_lines(self.synced_line)
            self.synced_line = newest

    async def _note_visit(self) -> None:
        """The lease tells of a page that joined; before and after, this does."""
        if not self.lease:
            await in_database(services.note_visit, video_session=self.video_session, by=self.user)

    async def _tell_absent(self) -> None:
        """Whoever is alone here for some seconds is waiting (N-12)."""
        if self.others or self.absent_told:
            return
        self.absent_told = True  # the next round does not ask beside this one
        try:
            self.absent_told = await in_database(services.tell_absent, video_session=self.video_session, by=self.user)
        except Exception:
            self.absent_told = False
            raise

    async def _repeat_state(self) -> None:
        rounds = 0
        while self.video_session:
            await asyncio.sleep(SNAPSHOT_SECONDS)
            rounds += 1
            if rounds % ROUNDS_BETWEEN_LOOKS == 0:
                self._spawn(self._look_who())
            # What fails now, the next round does: a page is never left without news.
            self._spawn(self._note_visit())
            self._spawn(self._tell_absent())
            self._spawn(self._send_missed_lines(self.video_session.pk))
            self._spawn(self._show_state(self.video_session.pk))

    async def _show_state(self, video_session_id: int) -> None:
        await self._show(await threads.state_of(video_session_id))

    def _spawn(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Future[Any]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("room task failed: %r", error)

"""What the door lets in."""

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_video.errors import BadMessage
from sessions_video.protocol import MAX_CHAT, MESSAGES, Allowance, parse

PAGE = str(uuid4())
GOOD = [
    {"type": "room.join"},
    {"type": "room.sync", "last_chat_id": 12},
    {"type": "signal.candidate", "to": PAGE, "generation": 1, "candidate": None},
    {
        "type": "signal.candidate",
        "to": PAGE,
        "generation": 1,
        "candidate": {"candidate": "", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": None},
    },
    {"type": "signal.description", "to": PAGE, "generation": 0, "description": {"type": "offer", "sdp": "v=0"}},
    {"type": "chat.send", "client_id": PAGE, "body": "Bonjour"},
    {"type": "media.state", "microphone": True, "camera": False, "screen": False},
]
BAD = [
    "",
    "[]",
    "null",
    "12",
    "{",
    '{"type": "room.destroy"}',
    '{"type": ["room.join"]}',
    '{"join": 1}',
    '{"type": "room.join", "role": "mentor"}',
    '{"type": "room.sync", "last_chat_id": "1; DROP TABLE"}',
    '{"type": "room.sync", "last_chat_id": true}',
    '{"type": "room.sync", "last_chat_id": -1}',
    '{"type": "room.sync", "last_chat_id": 1e400}',
    '{"type": "signal.rebuild", "to": "everybody"}',
    '{"type": "chat.send", "client_id": "1", "body": "x"}',
    json.dumps({"type": "chat.send", "client_id": PAGE, "body": "x" * (MAX_CHAT + 1)}),
    json.dumps({"type": "chat.send", "client_id": PAGE, "body": "a\x00b"}),
    json.dumps({"type": "chat.send", "client_id": PAGE, "body": "a\ud800b"}),
    json.dumps({"type": "chat.send", "client_id": PAGE}),
    json.dumps({"type": "signal.description", "to": PAGE, "generation": 0, "description": {"type": "pranswer"}}),
    json.dumps({"type": "media.state", "microphone": 1, "camera": False, "screen": False}),
    "[" * 100_000,
    json.dumps({"type": "room.join", "x": "y" * 70_000}),
]


@pytest.mark.parametrize("frame", GOOD, ids=lambda frame: frame["type"])
def test_what_our_page_sends_passes(frame: dict[str, object]) -> None:
    kind, fields = parse(json.dumps(frame))
    assert kind == frame["type"]
    assert fields.keys() == MESSAGES[kind].keys()


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadMessage):
        parse(text)


def test_binary_frames_are_refused() -> None:
    with pytest.raises(BadMessage):
        parse(None)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_no_json_breaks_the_door(value: object) -> None:
    for frame in (
        value,
        {"type": value},
        {"type": "signal.candidate", "to": PAGE, "generation": 0, "candidate": value},
    ):
        try:
            parse(json.dumps(frame))
        except BadMessage:
            continue


def test_an_allowance_is_spent_and_grows_back() -> None:
    allowance = Allowance(size=3, rate=0, left=3)
    assert [allowance.spend() for _ in range(4)] == [True, True, True, False]
    allowance.rate, allowance.at = 1000, allowance.at - 1
    assert allowance.spend()

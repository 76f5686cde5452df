// The room: builds its parts and tells each what it needs of the others.
import { Band } from "./band.js";
import { Call } from "./call.js";
import { Chat } from "./chat.js";
import { Controls } from "./controls.js";
import { Conversation } from "./conversation.js";
import { Devices } from "./devices.js";
import { Ending } from "./ending.js";
import { Extension } from "./extension.js";
import { offerFullScreen } from "./full_screen.js";
import { newId } from "./ids.js";
import { Lobby } from "./lobby.js";
import { Meter } from "./meter.js";
import { Other } from "./other.js";
import { Own } from "./own.js";
import { Quality } from "./quality.js";
import { Relief } from "./relief.js";
import { Report } from "./report.js";
import { Settings } from "./settings.js";
import { Share } from "./share.js";
import { listenToShortcuts } from "./shortcuts.js";
import { Signaling } from "./signaling.js";
import { SmallWindow } from "./small_window.js";
import { SoundOnly } from "./sound_only.js";
import { Trouble } from "./trouble.js";
import { Page } from "./ui.js";

const config = JSON.parse(document.getElementById("room-config").textContent);
const page = new Page(config.texts, config.other);
const signaling = new Signaling({
  path: config.socket,
  page: newId(),
  beatMs: config.beat_ms,
  pulse: config.pulse,
});

const chat = new Chat({
  log: page.get("chat-log"),
  form: page.get("chat-form"),
  input: page.get("chat-input"),
  signaling,
  me: config.me,
  language: config.language,
  youLabel: page.text("you"),
});
signaling
  .on("open", () => {
    if (chat.lastId) signaling.send("room.sync", { last_chat_id: chat.lastId });
    chat.resend();
  })
  .on("room.state", ({ chat: lines }) => lines.forEach((line) => chat.receive(line)))
  .on("chat.message", (line) => chat.receive(line));

const meter = new Meter(config);
const band = new Band({ page, config, signaling, meter });
const ending = new Ending({ page, config, signaling, meter, band });
new Extension({ page, config, signaling, meter, band });

const call = new Call({ page, config, signaling });
const devices = new Devices();
const lobby = new Lobby({ page, config, devices, onStream: () => own.send() });
const share = new Share({ page, signaling, call });
const soundOnly = new SoundOnly({ page });
const other = new Other({ page, signaling, call, soundOnly });
const own = new Own({ page, signaling, call, devices, share, soundOnly, other, askForDevices: () => lobby.open() });

const quality = new Quality({ page, call });
new Relief({ page, call, quality, soundOnly });
new Trouble({ page, call, signaling, soundOnly });
new Settings({ page, call, devices, own });
new SmallWindow({ page, call });
new Report({ page, config, call, quality, devices, other, soundOnly });
new Conversation({ page, signaling, me: config.me });
new Controls({ page });
offerFullScreen(page);
listenToShortcuts(page);

call
  .on("joining", () => lobby.rest(true))
  .on("joined", (state) => band.receive(state))
  .on("left", () => lobby.rest(false));
ending.on("final", () => {
  call.hangUp();
  devices.close();
  lobby.rest(true);
});

page.view("lobby");
signaling.connect();

// The room: puts socket, connection, devices, counter and conversation together.
import { Chat } from "./chat.js";
import { chime, Devices } from "./devices.js";
import { Lobby } from "./lobby.js";
import { Meter, Newsroom, stopwatch } from "./meter.js";
import { Peer } from "./peer.js";
import { Share } from "./share.js";
import { Signaling } from "./signaling.js";
import { Page } from "./ui.js";

const WITHOUT_SERVER_MS = 60_000;
const AFTER_PEER_MS = 20_000;

const config = JSON.parse(document.getElementById("room-config").textContent);
const page = new Page(config.texts, config.other);
const meter = new Meter(config);
const newsroom = new Newsroom(tell);
const devices = new Devices();
const signaling = new Signaling({
  path: config.socket,
  page: crypto.randomUUID(),
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
const lobby = new Lobby({ page, devices, onStream: sendTracks });
const share = new Share({ page, signaling, peer: () => peer, onChange: tellMedia });
const isMentor = config.role === "mentor";

let peer = null;
let wanted = false;
let otherHere = false;
let limitTold = false;
let peerMedia = { microphone: true, camera: true, screen: false };
let withoutServer = null;
let withoutPeer = null;
let wakeLock = null;

// --- the server --------------------------------------------------------------------------------------------------------

signaling
  .on("open", () => {
    clearTimeout(withoutServer);
    if (chat.lastId) signaling.send("room.sync", { last_chat_id: chat.lastId });
    chat.resend();
    if (wanted) {
      signaling.send("room.join");
      page.notify(page.text("server_back"));
    }
  })
  .on("lost", () => {
    page.notify(page.text("server_lost"), { urgent: wanted, stays: true });
    page.write("presence", page.text("server_lost"));
    clearTimeout(withoutServer);
    withoutServer = setTimeout(() => peer?.leave(), WITHOUT_SERVER_MS);
    if (meter.state) meter.receive({ ...meter.state, ...frozen() });
  })
  .on("final", final)
  .on("room.state", ({ chat: lines }) => lines.forEach((line) => chat.receive(line)))
  .on("room.joined", ({ state }) => {
    receiveState(state);
    page.view("call");
    tellMedia();
  })
  .on("meter.state", receiveState)
  .on("presence.alive", ({ alive }) => alive || (wanted && signaling.send("room.join")))
  .on("lobby.state", ({ other }) => {
    otherHere = other;
    drawLobby();
  })
  .on("chat.message", (line) => chat.receive(line))
  .on("peer.joined", ({ page: name }) => peerArrives(name))
  .on("peer.here", ({ page: name }) => peerArrives(name))
  .on("peer.gone", ({ page: name }) => peerLeaves(name))
  .on("signal.description", (message) => peer?.receive(message))
  .on("signal.candidate", (message) => peer?.receive(message))
  .on("signal.rebuild", (message) => peer?.receive(message))
  .on("media.state", peerMediaChanged)
  .on("notice", ({ code, at }) => code === "paid_started" && paidStarted(at))
  .on("error", ({ code, message }) => {
    page.notify(message, { urgent: true });
    if (code === "mentor_elsewhere" || code === "ended") backToLobby(message);
  });

// A page without a server lets no time pass by itself.
function frozen() {
  const shown = meter.read();
  return { running: false, elapsed_ms: shown.elapsed, now: meter.state.now };
}

// --- joining and leaving -----------------------------------------------------------------------------------------------

page.click("connect", join);
page.click("leave", () => {
  backToLobby(page.text("left", { zone: config.zone }));
  signaling.send("room.leave");
});
page.click("final-here", () => location.reload());

async function join() {
  page.get("connect").disabled = true;
  // Fetched before joining: the connection is then built at once, and no offer arrives too early.
  const { iceServers = [] } = await fetch(config.ice).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
  peer ??= new Peer({ signaling, polite: !isMentor, iceServers, onState: connectionChanged, onTrack: trackArrives });
  peer.iceServers = iceServers;
  peer.relayOnly = new URLSearchParams(location.search).has("relay");
  sendTracks();
  wanted = true;
  signaling.send("room.join");
  keepAwake();
}

function backToLobby(words) {
  wanted = false;
  share.stop();
  peer?.leave();
  wakeLock?.release();
  wakeLock = null;
  page.view("lobby");
  drawLobby();
  page.say(words);
  page.write("lobby-meter", words);
}

async function keepAwake() {
  try {
    wakeLock = await navigator.wakeLock?.request("screen");
  } catch {
    wakeLock = null;
  }
}

function drawLobby() {
  page.write("presence", page.text(otherHere ? "other_here" : "waiting_other"));
  page.get("connect").disabled = !otherHere;
}

addEventListener("pagehide", () => {
  if (wanted) signaling.send("room.leave");
  signaling.stop(1000);
});

// --- the other person --------------------------------------------------------------------------------------------------

function peerArrives(name) {
  clearTimeout(withoutPeer);
  peer?.arrive(name);
  tellMedia();
}

function peerLeaves(name) {
  if (name !== peer?.page) return;
  page.notify(page.text("other_left"));
  // His page may come back; a connection that goes on without the server's knowledge is cut.
  withoutPeer = setTimeout(() => peer?.leave(), AFTER_PEER_MS);
}

function connectionChanged(state) {
  const words = { connecting: "connecting", new: "connecting", disconnected: "connection_trouble",
    failed: "connection_trouble", hopeless: "connection_failed" }[state];
  if (words) page.notify(page.text(words), { stays: true });
  if (state === "connected") page.notify(page.text("connected"));
  if (state === "closed") for (const name of ["remote", "screen"]) page.get(name).srcObject = null;
}

function trackArrives(place, track) {
  const name = place === "screen" ? "screen" : "remote";
  const element = page.get(name);
  const stream = element.srcObject ?? new MediaStream();
  stream.addTrack(track);
  element.srcObject = stream;
  element.play().catch(() => {});
}

function peerMediaChanged({ microphone, camera, screen }) {
  const before = peerMedia;
  peerMedia = { microphone, camera, screen };
  page.show("screen", screen);
  page.get("video").classList.toggle("video--shared", screen);
  const words = [!microphone && "other_microphone_off", !camera && "other_camera_off"].filter(Boolean);
  page.write("peer-state", words.map((name) => page.text(name)).join(" "));
  if (before.screen !== screen) page.notify(page.text(screen ? "share_on" : "share_off"));
}

// --- one's own devices -------------------------------------------------------------------------------------------------

for (const name of ["microphone", "camera"]) {
  page.click(name, () => {
    const track = devices[name];
    if (!track) return lobby.open();
    track.enabled = !track.enabled;
    page.press(name, track.enabled);
    tellMedia();
  });
}

function sendTracks() {
  peer?.setTrack("microphone", devices.microphone);
  peer?.setTrack("camera", devices.camera);
  for (const name of ["microphone", "camera"]) page.press(name, devices[name]?.enabled ?? false);
  tellMedia();
}

function tellMedia() {
  if (!wanted) return;
  signaling.send("media.state", {
    microphone: devices.microphone?.enabled ?? false,
    camera: devices.camera?.enabled ?? false,
    screen: Boolean(share.track),
  });
}

// --- the counter -------------------------------------------------------------------------------------------------------

page.click("start-paid", () => signaling.send("meter.start"));
page.click("end", async () => {
  page.write("end-amount", amountWords());
  if (await page.ask("end-dialog")) signaling.send("end.ask");
});

function receiveState(state) {
  const before = meter.state;
  if (!meter.receive(state)) return;
  if ((before?.end_asked_by ?? null) !== state.end_asked_by) endAskedChanged(state);
  // Nobody is billed beyond his last sign of life, so it is fresh when the end is near.
  signaling.beatEach(state.end_asked_by ? 1000 : config.beat_ms);
  if (before?.running && !state.running) signaling.send("presence.beat");
  draw();
}

async function endAskedChanged(state) {
  page.dismiss("confirm-dialog");
  if (state.end_asked_by === config.role) {
    page.notify(page.text("end_asked_by_you"), { stays: true });
  } else if (state.end_asked_by) {
    page.say(page.text("end_asked_by_other"), { urgent: true });
    page.write("confirm-amount", amountWords());
    const answer = await page.ask("confirm-dialog");
    if (meter.state.end_asked_by === state.end_asked_by && answer !== null) {
      signaling.send(answer ? "end.confirm" : "end.drop");
    }
  } else if (state.phase !== "ended") {
    page.notify(page.text("end_dropped"));
  }
}

function amountWords(text = "amount_so_far") {
  const now = meter.read();
  return page.text(text, { amount: meter.euros(now.amount), duration: stopwatch(now.billed * 1000) });
}

function paidStarted(at) {
  const words = page.text("paid_started", { time: meter.clock(at), zone: config.zone });
  if (words === paidStarted.said) return;
  paidStarted.said = words;
  page.notify(words, { urgent: true });
  chime();
}

function tell(news, now) {
  // Without the server nothing is known of the other person: the loss itself was said.
  if (!signaling.isOpen) return;
  if (news === "paid_started") paidStarted(now.now);
  else page.notify(page.text(news, { left: stopwatch(now.freeLeft, { up: true }), count: now.count }));
}

function draw() {
  const now = meter.read();
  if (!now) return;
  newsroom.follow(now);
  page.write("free", stopwatch(now.freeLeft || now.freeUsed, { up: now.freeLeft > 0 }));
  page.write("paid", stopwatch(now.paid));
  page.write("left", stopwatch(now.left, { up: true }));
  page.write("amount", meter.euros(now.amount));
  page.get("track").value = now.paid / now.limit;
  page.write("meter-state", stateWords(now));
  const dot = page.get("dot");
  dot.classList.toggle("dot--off", !now.running && now.elapsed === 0);
  dot.classList.toggle("dot--paused", !now.running && now.elapsed > 0);
  page.show("start-paid", now.running && now.freeLeft > 0);
  // The server closes the interval when both pages were heard of after its end.
  if (now.atLimit && !limitTold) signaling.send("presence.beat");
  limitTold = now.atLimit;
}

function stateWords(now) {
  if (!signaling.isOpen) return page.text("server_lost");
  if (now.counting) return page.text("paid_running");
  if (now.running) return page.text("free_running");
  if (now.windowLeft !== null) return page.text("limit_reached", { left: stopwatch(now.windowLeft, { up: true }) });
  if (now.atLimit) return page.text("limit_reached", { left: "2:00" });
  if (now.elapsed === 0) return page.text(now.present.length < 2 ? "waiting_connect" : "not_started");
  return page.text(now.present.length < 2 ? "paused" : "paused_alone");
}

setInterval(draw, 250);

// --- the quality of the connection ---------------------------------------------------------------------------------------

setInterval(async () => {
  const measured = await peer?.quality();
  if (!measured) return page.write("quality", "");
  const { roundTrip, loss } = measured;
  const word = roundTrip < 150 && loss < 0.02 ? "good" : roundTrip < 300 && loss < 0.06 ? "fair" : "poor";
  return page.write("quality", page.text(`quality_${word}`));
}, 3_000);

// --- the end -------------------------------------------------------------------------------------------------------------

function final(code) {
  wanted = false;
  share.stop();
  peer?.leave();
  devices.close();
  lobby.stopLevel();
  for (const dialog of ["end-dialog", "confirm-dialog", "share-dialog"]) page.dismiss(dialog);
  const over = code === 4410;
  const title = { 4409: "final_elsewhere", 4410: "final_over", 4401: "final_signed_out", 4429: "final_too_fast" }[code];
  page.write("final-title", page.text(title ?? "final_not_now"));
  page.write("final-text", over && meter.state ? amountWords("amount_charged") : "");
  page.show("final-here", [4409, 4429].includes(code));
  page.show("final-proof", over);
  page.show("final-review", over && meter.read()?.amount > 0);
  page.view("final");
  page.get("final-title").focus();
}

page.view("lobby");
drawLobby();
signaling.connect();

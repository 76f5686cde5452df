// Joining and leaving: who is in the call, and the connection between both pages.
// Tells: `joining`, `joined` (with the counter's state), `left`, `arrived`, `gone`, `connection`, `track`.
import { Emitter } from "./events.js";
import { hasRelay } from "./network.js";
import { Peer } from "./peer.js";
import { recall } from "./remembered.js";

const WITHOUT_SERVER_MS = 60_000;
const AFTER_PEER_MS = 20_000;
const UNHEARD_MS = 5_000;
// Credentials are asked for again when this share of their life is over.
const REFRESH_AT = 0.75;

export class Call extends Emitter {
  constructor({ page, config, signaling }) {
    super();
    Object.assign(this, { page, config, signaling });
    this.wanted = false;
    this.otherHere = false;
    this.peer = new Peer({
      signaling,
      polite: config.role !== "mentor",
      onState: (state) => this.emit("connection", state),
      onTrack: (place, track) => this.emit("track", { place, track }),
    });
    this.hearServer();
    this.hearOther();
    this.hearNetwork();
    page.click("connect", () => this.join());
    page.click("leave", () => this.leave());
    addEventListener("pagehide", () => {
      if (this.wanted) signaling.send("room.leave");
      signaling.stop(1000);
    });
    this.drawLobby();
  }

  // --- the server -------------------------------------------------------------------------------------------------

  hearServer() {
    const { page, signaling } = this;
    signaling
      .on("open", () => this.serverBack())
      .on("lost", () => this.serverLost())
      .on("room.state", () => this.serverAnswers())
      .on("room.joined", ({ state }) => {
        page.view("call");
        this.emit("joined", state);
      })
      .on("presence.alive", ({ alive }) => alive || (this.wanted && signaling.send("room.join")))
      .on("lobby.state", ({ other }) => {
        this.otherHere = other;
        this.drawLobby();
      })
      .on("error", ({ code, message }) => {
        page.notify(message, { urgent: true });
        if (code === "mentor_elsewhere" || code === "ended") this.toLobby(message);
      });
  }

  serverAnswers() {
    clearTimeout(this.withoutServer);
    this.withoutServer = null;
  }

  serverBack() {
    this.page.forget("server");
    if (!this.wanted) return;
    this.signaling.send("room.join");
    this.page.notify(this.page.text("server_back"), { about: "server" });
  }

  serverLost() {
    const { page } = this;
    page.notify(page.text("server_lost"), { urgent: this.wanted, about: "server", stays: true });
    page.write("presence", page.text("server_lost"));
    // Counted from the first loss: attempts that fail give no more time.
    this.withoutServer ??= setTimeout(() => this.peer.leave(), WITHOUT_SERVER_MS);
  }

  // --- joining and leaving ----------------------------------------------------------------------------------------

  async join() {
    this.page.get("connect").disabled = true;
    // Fetched before joining: the connection is then built at once, and no offer arrives too early.
    this.peer.iceServers = await this.relays();
    // An address asked for by support, or the choice of this device's owner.
    this.peer.relayOnly = new URLSearchParams(location.search).has("relay") || (recall().relay && this.hasRelay);
    this.wanted = true;
    this.emit("joining");
    this.signaling.send("room.join");
    this.keepAwake();
  }

  async relays() {
    const answer = await fetch(this.config.ice).catch(() => null);
    const { iceServers = [], lifetime = 0 } = answer?.ok ? await answer.json() : {};
    clearTimeout(this.refreshing);
    if (lifetime) this.refreshing = setTimeout(() => this.refresh(), lifetime * 1000 * REFRESH_AT);
    return iceServers;
  }

  async refresh() {
    if (this.wanted) this.peer.refresh(await this.relays());
  }

  get hasRelay() {
    return hasRelay(this.peer.iceServers);
  }

  // Through the relay only, neither person learns the other's address. Changed in mid-call, the connection is made anew.
  useRelay(wanted) {
    if (Boolean(this.peer.relayOnly) === wanted) return;
    this.peer.relayOnly = wanted;
    if (this.wanted) this.peer.again();
  }

  leave() {
    this.toLobby(this.page.text("left", { zone: this.config.zone }));
    this.signaling.send("room.leave");
  }

  toLobby(words) {
    const { page } = this;
    this.hangUp();
    this.drawLobby();
    page.view("lobby");
    page.say(words);
    page.write("lobby-meter", words);
  }

  // Without a word to the server: it knows, or it is told by the caller.
  hangUp() {
    this.wanted = false;
    clearTimeout(this.refreshing);
    clearTimeout(this.searching);
    this.emit("left");
    this.peer.leave();
    this.wakeLock?.release();
    this.wakeLock = null;
  }

  async keepAwake() {
    try {
      this.wakeLock = await navigator.wakeLock?.request("screen");
    } catch {
      this.wakeLock = null;
    }
  }

  drawLobby() {
    this.page.write("presence", this.page.text(this.otherHere ? "other_here" : "waiting_other"));
    this.page.get("connect").disabled = !this.otherHere;
  }

  hearNetwork() {
    addEventListener("online", () => this.peer.networkChanged());
    const { connection } = navigator;
    let kind = connection?.type;
    // It also tells of each new guess of the speed.
    connection?.addEventListener?.("change", () => {
      if (connection.type !== kind) this.peer.networkChanged();
      kind = connection.type;
    });
  }

  // --- the other person -------------------------------------------------------------------------------------------

  hearOther() {
    this.signaling
      .on("peer.joined", ({ page }) => this.arrives(page))
      .on("peer.here", ({ page }) => this.arrives(page))
      .on("peer.gone", ({ page }) => this.goes(page))
      .on("meter.state", ({ present }) => this.misses(present));
    for (const type of ["signal.description", "signal.candidate", "signal.rebuild"]) {
      this.signaling.on(type, (message) => {
        if (!this.peer.page) this.arrives(message.from);
        this.peer.receive(message);
      });
    }
  }

  // News may be lost on the way: when both are counted present and nobody was heard of, this page says again that it is
  // here, and the other answers.
  misses(present) {
    clearTimeout(this.searching);
    if (!this.wanted || this.peer.page || present.length < 2) return;
    this.searching = setTimeout(() => this.wanted && !this.peer.page && this.signaling.send("room.join"), UNHEARD_MS);
  }

  arrives(name) {
    clearTimeout(this.withoutPeer);
    if (!this.wanted) return;
    this.peer.arrive(name);
    this.emit("arrived");
  }

  goes(name) {
    if (name !== this.peer.page) return;
    this.emit("gone");
    this.page.say(this.page.text("other_left"));
    // His page may come back; a connection that goes on without the server's knowledge is cut.
    this.withoutPeer = setTimeout(() => this.peer.leave(), AFTER_PEER_MS);
  }
}

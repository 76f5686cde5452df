// The socket of this page: reconnects with a jittered pause, beats from a worker, tells each message by its type.
import { Emitter } from "./events.js";

const FINAL_CODES = [4401, 4403, 4404, 4409, 4410, 4429];
const SILENCE_MS = 13_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 3_000;

export class Signaling extends Emitter {
  constructor({ path, page, beatMs, pulse }) {
    super();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.address = `${scheme}://${location.host}${path}?page=${page}`;
    this.pause = FIRST_PAUSE_MS;
    this.closed = false;
    this.beatMs = beatMs;
    this.pulse = new Worker(pulse);
    this.pulse.onmessage = () => this.beat();
    this.beatEach(beatMs);
    addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow());
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.retry);
    const socket = new WebSocket(this.address);
    this.socket = socket;
    this.heardAt = performance.now();
    socket.onopen = () => this.emit("open");
    socket.onmessage = ({ data }) => {
      // Only a server that answers is back: one that opens sockets and fails is not asked four times a second.
      this.pause = FIRST_PAUSE_MS;
      this.heardAt = performance.now();
      const message = JSON.parse(data);
      this.emit(message.type, message);
    };
    socket.onclose = ({ code }) => this.socket === socket && this.lost(code);
  }

  lost(code) {
    this.socket = null;
    if (this.closed) return;
    if (FINAL_CODES.includes(code)) {
      this.stop();
      this.emit("final", code);
      return;
    }
    this.emit("lost", code);
    this.retry = setTimeout(() => this.connect(), this.pause * (0.5 + Math.random()));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  retryNow() {
    if (!this.closed && !this.socket) this.connect();
  }

  send(type, fields = {}) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  beatEach(period) {
    if (period !== this.period) this.pulse.postMessage(period);
    this.period = period;
  }

  // A socket that is silent although we beat is dead: closing it starts a new one.
  beat() {
    if (!this.socket) return;
    if (performance.now() - this.heardAt > SILENCE_MS) {
      const dead = this.socket;
      this.lost(1006);
      dead.close();
    } else {
      this.send("presence.beat");
    }
  }

  stop(code) {
    this.closed = true;
    clearTimeout(this.retry);
    this.pulse.terminate();
    const { socket } = this;
    this.socket = null;
    socket?.close(code);
  }
}

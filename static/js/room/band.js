// The counter as both people see it: figures four times a second, words, and news said once.
// Tells `state` with { before, state } for each state of the server that is not older than the one known.
import { chime } from "./devices.js";
import { Emitter } from "./events.js";
import { Newsroom, stopwatch } from "./meter.js";

const DRAW_MS = 250;
const SOON_MS = 5 * 60_000;

export class Band extends Emitter {
  constructor({ page, config, signaling, meter }) {
    super();
    Object.assign(this, { page, config, signaling, meter });
    this.newsroom = new Newsroom((news, now) => this.tell(news, now));
    this.limitTold = false;
    signaling
      .on("meter.state", (state) => this.receive(state))
      .on("lost", () => this.freeze())
      .on("notice", ({ code, at }) => code === "paid_started" && this.paidStarted(at));
    page.click("start-paid", () => signaling.send("meter.start"));
    setInterval(() => this.draw(), DRAW_MS);
  }

  receive(state) {
    const before = this.meter.state;
    if (!this.meter.receive(state)) return;
    // Nobody is billed beyond his last sign of life, so it is fresh when the end is near.
    this.signaling.beatEach(state.end_asked_by ? 1000 : this.config.beat_ms);
    if (before?.running && !state.running) this.signaling.send("presence.beat");
    this.emit("state", { before, state });
    this.draw();
  }

  // A page without a server lets no time pass by itself.
  freeze() {
    const { state } = this.meter;
    if (state) this.receive({ ...state, running: false, elapsed_ms: this.meter.read().elapsed });
  }

  amountWords(text = "amount_so_far") {
    const now = this.meter.read();
    return this.page.text(text, { amount: this.meter.euros(now.amount), duration: stopwatch(now.billed * 1000) });
  }

  // --- news -------------------------------------------------------------------------------------------------------

  tell(news, now) {
    // Without the server nothing is known of the other person: the loss itself was said.
    // Whoever is not in the call himself has been told so; a pause is nothing the other person did to him.
    if (!this.signaling.isOpen || !now.present.includes(this.config.role)) return;
    if (news === "paid_started") this.paidStarted(now.now);
    else {
      const values = { left: stopwatch(now.freeLeft, { up: true }), count: now.count };
      this.page.notify(this.page.text(news, values), { about: "count" });
    }
  }

  paidStarted(at) {
    const words = this.page.text("paid_started", { time: this.meter.clock(at), zone: this.config.zone });
    if (words === this.paidStartedWords) return;
    this.paidStartedWords = words;
    this.page.notify(words, { urgent: true, about: "count" });
    chime();
  }

  // --- drawing ----------------------------------------------------------------------------------------------------

  draw() {
    const { page, meter } = this;
    const now = meter.read();
    if (!now) return;
    this.newsroom.follow(now);
    page.write("free", stopwatch(now.freeLeft || now.freeUsed, { up: now.freeLeft > 0 }));
    page.write("paid", stopwatch(now.paid));
    page.write("left", stopwatch(now.left, { up: true }));
    page.write("amount", meter.euros(now.amount));
    page.get("track").value = now.paid / now.limit;
    page.get("meter").classList.toggle("meter--soon", now.left <= SOON_MS);
    page.write("meter-state", this.words(now));
    const dot = page.get("dot");
    dot.classList.toggle("dot--off", !now.running && now.elapsed === 0);
    dot.classList.toggle("dot--paused", !now.running && now.elapsed > 0);
    page.show("start-paid", now.running && now.freeLeft > 0);
    // The server closes the interval when both pages were heard of after its end.
    if (now.atLimit && !this.limitTold) this.signaling.send("presence.beat");
    this.limitTold = now.atLimit;
  }

  words(now) {
    const { page } = this;
    const left = (ms) => ({ left: stopwatch(ms, { up: true }) });
    if (!this.signaling.isOpen) return page.text("server_lost");
    if (now.counting) return page.text("paid_running");
    if (now.running) return page.text("free_running");
    if (now.windowLeft !== null) return page.text("limit_reached", left(now.windowLeft));
    if (now.atLimit) return page.text("limit_reached", left(120_000));
    if (now.withoutMedia) return page.text("paused_media");
    if (now.elapsed === 0) return page.text(now.present.length < 2 ? "waiting_connect" : "not_started");
    return page.text(now.present.length < 2 ? "paused" : "paused_alone");
  }
}

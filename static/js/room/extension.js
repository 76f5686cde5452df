// Going on beyond the planned time: the learner chooses and pays, the mentor answers. The server decides; this shows
// what it says and sends what people press.
import { chime } from "./devices.js";
import { newId } from "./ids.js";
import { stopwatch } from "./meter.js";

const LAST_MS = 5 * 60_000;
const DRAW_MS = 250;
// Nobody is billed beyond his last sign of life: it is fresh while the time may run out before the answer.
const QUICK_BEAT_MS = 1000;
const UNFUNDED = ["preparing", "paying"];
const PENDING = [...UNFUNDED, "asked"];
const PARTS = ["offer", "preparing", "paying", "asked"];

export class Extension {
  constructor({ page, config, signaling, meter, band }) {
    Object.assign(this, { page, config, signaling, meter });
    this.isLearner = config.role === "learner";
    // What was sent and not seen in a state of the server yet.
    this.wish = null;
    this.address = "";
    this.shown = "";
    this.hearServer(band);
    this.hearPerson();
    setInterval(() => this.draw(), DRAW_MS);
  }

  get known() {
    return this.meter.state?.extension ?? null;
  }

  hearServer(band) {
    band.on("state", ({ before, state }) => this.changed(before, state));
    this.signaling
      .on("open", () => this.wish && this.signaling.send("extension.ask", this.wish))
      .on("error", () => (this.wish = null))
      .on("extension.offers", (offered) => this.choose(offered))
      .on("extension.payment", (payment) => this.payable(payment));
  }

  hearPerson() {
    const { page } = this;
    page.click("extension-open", () => this.signaling.send("extension.offers"));
    for (const name of ["stop", "give-up", "withdraw"]) page.click(`extension-${name}`, () => this.send("withdraw"));
    page.click("extension-accept", () => this.send("answer", { accepts: true }));
    page.click("extension-refuse", () => this.send("answer", { accepts: false }));
    // Back from the bank's page in another tab.
    document.addEventListener("visibilitychange", () => document.hidden || this.goOn());
  }

  send(verb, fields = {}) {
    if (this.known) this.signaling.send(`extension.${verb}`, { request_id: this.known.request_id, ...fields });
  }

  // --- choosing ---------------------------------------------------------------------------------------------------

  async choose({ choices, note }) {
    const { page } = this;
    page.write("extension-note", note);
    page.show("extension-note", Boolean(note));
    page.get("extension-choices").replaceChildren(...choices.map((choice, index) => this.row(choice, index === 0)));
    for (const name of ["extension-choices", "extension-send"]) page.show(name, choices.length > 0);
    if (!(await page.ask("extension-dialog"))) return;
    const chosen = page.get("extension-choices").querySelector("input:checked");
    const { ms, price_cents, card_cents } = choices.find((choice) => String(choice.ms) === chosen?.value) ?? {};
    if (!ms) return;
    this.address = "";
    this.wish = { request_id: newId(), ms, price_cents, card_cents };
    this.signaling.send("extension.ask", this.wish);
  }

  row(choice, isFirst) {
    const { page, meter } = this;
    const label = document.createElement("label");
    label.className = "choice extension__choice";
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "extension", value: choice.ms, required: true, checked: isFirst });
    const minutes = document.createElement("span");
    minutes.textContent = this.minutes(choice.ms);
    const price = document.createElement("strong");
    price.textContent = meter.euros(choice.price_cents);
    const how = document.createElement("small");
    how.textContent = this.payment(choice);
    label.append(input, minutes, price, how);
    return label;
  }

  payment({ price_cents, card_cents, is_whole_credit }) {
    const { page, meter } = this;
    if (is_whole_credit) return page.text("extension_whole_credit");
    if (!card_cents) return page.text("extension_from_credit");
    if (card_cents >= price_cents) return page.text("extension_all_by_card");
    return page.text("extension_by_card", { card: meter.euros(card_cents) });
  }

  // --- paying -----------------------------------------------------------------------------------------------------

  payable({ request_id, url }) {
    if (request_id === this.known?.request_id) this.address = url;
    this.draw();
  }

  // The same wish again finds the same page, or the money that has arrived.
  goOn() {
    const { known } = this;
    if (!this.isLearner || !UNFUNDED.includes(known?.status)) return;
    const { request_id, ms, price_cents, card_cents } = known;
    this.signaling.send("extension.ask", { request_id, ms, price_cents, card_cents });
  }

  // --- news -------------------------------------------------------------------------------------------------------

  changed(before, state) {
    const { extension } = state;
    if (!extension) return;
    const isPending = PENDING.includes(extension.status);
    if (isPending) this.signaling.beatEach(QUICK_BEAT_MS);
    if (extension.request_id === this.wish?.request_id) this.wish = null;
    const old = before?.extension;
    if (old?.request_id === extension.request_id && old.status === extension.status) return;
    // A page that has just been opened goes on where the last one was, and says nothing of what is over.
    if (!before && !isPending) return;
    if (!before) this.goOn();
    if (!this.isLearner && extension.status === "asked") chime();
    const words = this.words(extension);
    // After what the counter itself has to say of the same state.
    // A question is shown above the counter already: it is only said.
    const tell = () => (isPending ? this.page.say(words) : this.page.notify(words, { about: "extension" }));
    if (words) setTimeout(tell, 0);
    this.draw();
  }

  words(extension) {
    const { isLearner } = this;
    const name = {
      asked: isLearner ? "extension_asked_by_you" : "extension_asked_by_other",
      accepted: "extension_accepted",
      refused: isLearner ? "extension_refused_by_other" : "extension_refused_by_you",
      lapsed: !isLearner ? "extension_lapsed_for_mentor"
        : extension.asked_at ? "extension_lapsed" : "extension_lapsed_unpaid",
      withdrawn: isLearner ? "extension_withdrawn_by_you" : "extension_withdrawn_by_other",
    }[extension.status];
    return name ? this.text(name, extension) : "";
  }

  text(name, { ms, price_cents }) {
    return this.page.text(name, { minutes: this.minutes(ms), amount: this.meter.euros(price_cents) });
  }

  minutes(ms) {
    const count = ms / 60_000;
    return this.page.text(count === 1 ? "extension_minute" : "extension_minutes", { count });
  }

  // --- drawing ----------------------------------------------------------------------------------------------------

  draw() {
    const now = this.meter.read();
    if (!now) return;
    const part = this.part(now);
    if (part) this.fill(part, now);
    if (part === this.shown) return;
    this.shown = part;
    const held = this.page.get("extension").contains(document.activeElement);
    this.page.show("extension", Boolean(part));
    for (const name of PARTS) this.page.show(`extension-${name}`, name === part);
    if (held) this.keepFocus(part);
  }

  part(now) {
    if (now.phase === "ended" || now.phase === "scheduled") return "";
    const status = this.known?.status;
    if (status === "asked") return "asked";
    if (!this.isLearner) return "";
    if (UNFUNDED.includes(status)) return status;
    if (this.wish) return "preparing";
    return now.left <= LAST_MS ? "offer" : "";
  }

  fill(part, now) {
    const { page, known } = this;
    if (part === "offer") page.write("extension-soon", page.text(now.atLimit ? "extension_now" : "extension_soon"));
    if (part === "preparing") page.write("extension-checking", page.text("extension_preparing"));
    if (part === "paying") this.fillPayment(known);
    if (part !== "asked") return;
    page.write("extension-words", this.text(this.isLearner ? "extension_asked_by_you" : "extension_asked_by_other", known));
    page.write("extension-left", stopwatch(Math.max(0, known.expires_at - now.now), { up: true }));
  }

  fillPayment(known) {
    const { page, meter } = this;
    page.write("extension-paying-words", this.text(this.address ? "extension_paying" : "extension_in_doubt", known));
    page.write("extension-pay", page.text("extension_pay", { amount: meter.euros(known.card_cents) }));
    if (this.address) page.get("extension-pay").href = this.address;
    page.show("extension-pay", Boolean(this.address));
  }

  // The button that had the focus went away with its part.
  keepFocus(part) {
    const next = part && this.page.get(`extension-${part}`).querySelector("a[href]:not([hidden]), button");
    (next || this.page.get("microphone"))?.focus();
  }
}

// « Terminer » by both people, and the view after the end. Tells `final` when this page is no longer in the room.
import { Emitter } from "./events.js";

export class Ending extends Emitter {
  constructor({ page, config, signaling, meter, band }) {
    super();
    Object.assign(this, { page, config, signaling, meter, band });
    band.on("state", ({ before, state }) => {
      if ((before?.end_asked_by ?? null) !== state.end_asked_by) this.asked(state);
    });
    signaling.on("final", (code) => this.final(code));
    page.click("end", () => this.ask());
    page.click("final-here", () => location.reload());
  }

  async ask() {
    this.page.write("end-amount", this.band.amountWords());
    if (await this.page.ask("end-dialog")) this.signaling.send("end.ask");
  }

  async asked(state) {
    const { page } = this;
    page.dismiss("confirm-dialog");
    if (state.end_asked_by === this.config.role) {
      page.notify(page.text("end_asked_by_you"), { about: "end", stays: true });
    } else if (state.end_asked_by) {
      page.say(page.text("end_asked_by_other"), { urgent: true });
      page.write("confirm-amount", this.band.amountWords());
      const answer = await page.ask("confirm-dialog");
      if (this.meter.state.end_asked_by === state.end_asked_by && answer !== null) {
        this.signaling.send(answer ? "end.confirm" : "end.drop");
      }
    } else if (state.phase !== "ended") {
      page.notify(page.text("end_dropped"), { about: "end" });
    }
  }

  final(code) {
    const { page } = this;
    this.emit("final");
    page.dismissAll();
    const over = code === 4410;
    const title = { 4409: "final_elsewhere", 4410: "final_over", 4401: "final_signed_out", 4429: "final_too_fast" }[code];
    page.write("final-title", page.text(title ?? "final_not_now"));
    const said = over && this.meter.state ? this.band.amountWords("amount_charged") : "";
    page.write("final-text", code === 4409 ? page.text("final_elsewhere_more") : said);
    page.show("final-next", over && this.meter.read()?.amount > 0);
    page.show("final-here", [4409, 4429].includes(code));
    page.show("final-proof", over);
    page.show("final-review", over && this.meter.read()?.amount > 0);
    page.view("final");
    page.get("final-title").focus();
  }
}

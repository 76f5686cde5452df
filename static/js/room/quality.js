// How well the connection does, in words and a drawing; the last minutes are kept for a report.
// Tells `measured` with the grade.
import { Emitter } from "./events.js";
import { Statistics } from "./stats.js";

const MEASURE_MS = 3_000;
// Ten minutes.
const MOST_SAMPLES = 200;

export class Quality extends Emitter {
  constructor({ page, call }) {
    super();
    Object.assign(this, { page, call });
    this.statistics = new Statistics();
    this.samples = [];
    setInterval(() => this.measure(), MEASURE_MS);
  }

  async measure() {
    const { page } = this;
    const sample = await this.statistics.read(this.call.peer.connection);
    page.show("quality", Boolean(sample));
    if (!sample) return;
    const grade = gradeOf(sample);
    this.samples.push({ at: Math.round(performance.now() / 1000), grade, ...sample });
    if (this.samples.length > MOST_SAMPLES) this.samples.shift();
    page.get("quality").dataset.grade = grade;
    page.write("quality-words", page.text(`quality_${grade}`));
    this.emit("measured", grade);
  }
}

// Image that stood still more than half of the time is as bad as a lost one.
export function gradeOf({ roundTrip, loss, jitter, freezes, frozen }) {
  if (roundTrip >= 300 || loss >= 0.06 || jitter >= 100 || frozen > 0.5) return "poor";
  return roundTrip < 150 && loss < 0.02 && jitter < 30 && !freezes ? "good" : "fair";
}

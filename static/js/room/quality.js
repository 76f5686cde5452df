// How well the connection does, in words.
const MEASURE_MS = 3_000;

export class Quality {
  constructor({ page, call }) {
    Object.assign(this, { page, call });
    setInterval(() => this.measure(), MEASURE_MS);
  }

  async measure() {
    const measured = await this.call.peer.quality();
    this.page.write("quality", measured ? this.page.text(`quality_${grade(measured)}`) : "");
  }
}

export function grade({ roundTrip, loss }) {
  if (roundTrip < 150 && loss < 0.02) return "good";
  return roundTrip < 300 && loss < 0.06 ? "fair" : "poor";
}

// What the counter shows between two states of the server. The server alone counts: this only lets time pass.
export class Meter {
  constructor({ zone, language }) {
    this.state = null;
    this.zone = zone;
    this.language = language;
  }

  // False for a state older than the one known.
  receive(state) {
    const known = this.state;
    if (known && (state.revision < known.revision || (state.revision === known.revision && state.now < known.now))) {
      return false;
    }
    this.state = state;
    this.receivedAt = performance.now();
    return true;
  }

  // All in ms; `amount` in cents.
  read() {
    const { state } = this;
    if (!state) return null;
    const passed = performance.now() - this.receivedAt;
    const cap = state.free_ms + state.limit_ms;
    const elapsed = Math.min(state.elapsed_ms + (state.running ? passed : 0), cap);
    const paid = Math.max(0, elapsed - state.free_ms);
    const billed = Math.floor(paid / 1000);
    return {
      phase: state.phase,
      now: state.now + passed,
      running: state.running && elapsed < cap,
      counting: state.running && elapsed >= state.free_ms && elapsed < cap,
      atLimit: elapsed >= cap,
      elapsed,
      freeUsed: Math.min(elapsed, state.free_ms),
      freeLeft: Math.max(0, state.free_ms - elapsed),
      paid,
      left: Math.min(state.limit_ms, cap - elapsed),
      limit: state.limit_ms,
      billed,
      amount: Math.floor((billed * state.rate_cents) / 3600),
      windowLeft: state.window_ends_at ? Math.max(0, state.window_ends_at - state.now - passed) : null,
      present: state.present,
      withoutMedia: state.without_media,
      endAskedBy: state.end_asked_by,
    };
  }

  euros(cents) {
    return new Intl.NumberFormat(this.language, { style: "currency", currency: "EUR" }).format(cents / 100);
  }

  // An instant of the server, in the booking's zone: « 10:04 ».
  clock(ms) {
    const options = { hour: "2-digit", minute: "2-digit", timeZone: this.zone };
    return new Intl.DateTimeFormat(this.language, options).format(new Date(ms));
  }
}

// 161000 → « 2:41 », 3600000 → « 1:00:00 »; `up` rounds a time that is left up.
export function stopwatch(ms, { up = false } = {}) {
  const seconds = up ? Math.ceil(ms / 1000) : Math.floor(ms / 1000);
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

// Turns the passing of time into news, each told once: started, paused, resumed, minutes left, limit.
export class Newsroom {
  constructor(tell) {
    this.tell = tell;
    this.before = null;
    this.toldMinutes = new Set();
  }

  follow(now) {
    const { before } = this;
    this.before = now;
    if (!before) return;
    if (!before.running && now.running) this.tell(before.elapsed === 0 && now.freeLeft ? "free_started" : "resumed", now);
    if (!before.counting && now.counting && before.freeLeft > 0) this.tell("paid_started", now);
    if (before.running && !now.running && !now.atLimit && now.phase !== "ended") {
      this.tell(now.withoutMedia ? "paused_media" : "paused", now);
    }
    if (!before.atLimit && now.atLimit && now.phase !== "ended") this.tell("limit_announced", now);
    if (now.counting) this.countDown(now);
  }

  countDown(now) {
    for (const minutes of [5, 1]) {
      if (now.left > minutes * 60_000) this.toldMinutes.delete(minutes);
      else if (!this.toldMinutes.has(minutes) && now.left > (minutes - 1) * 60_000 && now.limit > minutes * 60_000) {
        this.toldMinutes.add(minutes);
        this.tell(minutes === 1 ? "minute_left" : "minutes_left", { ...now, count: minutes });
      }
    }
  }
}

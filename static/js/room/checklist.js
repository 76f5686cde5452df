// The list of checks: each has a state in words, what was found, and what to do.
const NEEDED = ["browser", "permission", "microphone", "server", "relay"];

export class Checklist {
  constructor(page) {
    this.page = page;
    this.rows = Object.fromEntries([...document.querySelectorAll("[data-check]")].map((row) => [row.dataset.check, row]));
  }

  // State: todo, running, passed, failed or notice (it works without, but one should know).
  set(name, state, detail = "") {
    const { page } = this;
    const row = this.rows[name];
    if (!row) return;
    row.dataset.state = state;
    page.write(`${name}-state`, page.text(`state_${state}`));
    page.write(`${name}-detail`, detail);
    page.write("verdict", this.verdict());
  }

  state(name) {
    return this.rows[name]?.dataset.state;
  }

  title(name) {
    return this.rows[name].querySelector("[data-title]").textContent;
  }

  verdict() {
    const { page } = this;
    const failed = Object.keys(this.rows).filter((name) => this.state(name) === "failed");
    const named = (names) => names.map((name) => this.title(name)).join(", ");
    if (failed.length) return page.text("verdict_failed", { names: named(failed) });
    const left = NEEDED.filter((name) => ["todo", "running"].includes(this.state(name)));
    return left.length ? page.text("verdict_left", { names: named(left) }) : page.text("verdict_ready");
  }
}

// What the network lets through, with words for what it does not: in the room's lobby and on the test page.
import { callThroughRelay, hasPublicAddress, hasRelay, roundTrip } from "./network.js";

export class NetworkChecks {
  // `fetchServers` gives the ICE servers, or throws an error whose message is to be shown.
  constructor({ page, list, echo, fetchServers }) {
    Object.assign(this, { page, list, echo, fetchServers });
    page.click("network-test", () => this.run());
  }

  async run() {
    const { page, list } = this;
    const button = page.get("network-test");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    for (const name of ["server", "address", "relay"]) list.set(name, "running");
    page.say(page.text("network_running"));
    await Promise.all([this.server(), this.ways()]);
    button.removeAttribute("aria-busy");
    const failed = ["server", "relay"].filter((name) => list.state(name) === "failed");
    page.say(page.text(failed.length ? "network_blocked" : "network_done"));
  }

  async server() {
    const { page, list } = this;
    try {
      const ms = await roundTrip(this.echo);
      list.set("server", "passed", page.text(ms < 300 ? "round_trip" : "round_trip_long", { ms: rounded(ms) }));
    } catch {
      list.set("server", "failed", page.text("socket_blocked"));
    }
  }

  async ways() {
    let servers = [];
    try {
      servers = await this.fetchServers();
    } catch ({ message }) {
      for (const name of ["address", "relay"]) this.list.set(name, "failed", message);
      return;
    }
    await Promise.all([this.address(servers), this.relay(servers)]);
  }

  async address(servers) {
    const { page, list } = this;
    if (!servers.length) return list.set("address", "notice", page.text("address_unknown"));
    const found = await hasPublicAddress(servers);
    return list.set("address", found ? "passed" : "notice", page.text(found ? "address_found" : "address_hidden"));
  }

  async relay(servers) {
    const { page, list } = this;
    if (!hasRelay(servers)) return list.set("relay", "notice", page.text("relay_missing"));
    try {
      const { ms, protocol } = await callThroughRelay(servers);
      const words = protocol && protocol !== "udp" ? "relay_slow_way" : "relay_reached";
      return list.set("relay", "passed", page.text(words, { ms: rounded(ms), protocol: protocol.toUpperCase() }));
    } catch ({ message }) {
      return list.set("relay", "failed", page.text(message === "refused" ? "relay_refused" : "relay_blocked"));
    }
  }
}

function rounded(ms) {
  return Math.max(1, Math.round(ms));
}

// The answer of our server about ICE servers, or an error in words.
export async function readServers(request, otherwise) {
  const answer = await request.catch(() => null);
  const { iceServers, error } = (await answer?.json().catch(() => null)) ?? {};
  if (!answer?.ok) throw new Error(error ?? otherwise);
  return iceServers ?? [];
}

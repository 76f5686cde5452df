// What the browser itself counts of a call, as one plain record since the one before. No address is in it.
export class Statistics {
  #before = {};

  // null before the first packets.
  async read(connection) {
    if (connection?.connectionState !== "connected") return null;
    const entries = [...(await connection.getStats()).values()];
    const passed = this.#since("at", performance.now()) / 1000;
    const incoming = entries.filter(({ type }) => type === "inbound-rtp");
    const outgoing = entries.filter(({ type }) => type === "outbound-rtp");
    const received = this.#since("received", sum(incoming, "packetsReceived"));
    const lost = Math.max(0, this.#since("lost", sum(incoming, "packetsLost")));
    const frozen = this.#since("frozen", sum(incoming, "totalFreezesDuration"));
    return {
      roundTrip: round((pairOf(entries)?.currentRoundTripTime ?? 0) * 1000),
      loss: received + lost > 0 ? round(lost / (received + lost), 4) : 0,
      jitter: round(Math.max(0, ...incoming.map((entry) => entry.jitter ?? 0)) * 1000),
      freezes: this.#since("freezes", sum(incoming, "freezeCount")),
      frozen: passed > 0 ? round(Math.min(1, frozen / passed), 2) : 0,
      receivedKbps: this.#rate("bytesReceived", incoming, passed),
      sentKbps: this.#rate("bytesSent", outgoing, passed),
      receivedImage: imageOf(incoming),
      sentImage: imageOf(outgoing),
      limitedBy: outgoing.find(({ kind }) => kind === "video")?.qualityLimitationReason ?? "",
    };
  }

  #since(name, value) {
    const before = this.#before[name] ?? 0;
    this.#before[name] = value;
    // A new connection counts from nothing.
    return value >= before ? value - before : value;
  }

  #rate(name, entries, passed) {
    const bytes = this.#since(name, sum(entries, name));
    return passed > 0 ? round((bytes * 8) / 1000 / passed) : 0;
  }
}

// How the connection goes and what it carries: kinds and names of codecs only.
export async function describe(connection) {
  if (!connection?.getStats) return { state: "none" };
  const entries = [...(await connection.getStats()).values()];
  const pair = pairOf(entries);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const [own, other] = [byId.get(pair?.localCandidateId), byId.get(pair?.remoteCandidateId)];
  const codecs = entries.filter(({ type }) => type === "inbound-rtp" || type === "outbound-rtp")
    .map(({ codecId }) => byId.get(codecId)?.mimeType);
  return {
    state: connection.connectionState,
    ice: connection.iceConnectionState,
    ownCandidate: own?.candidateType ?? "",
    otherCandidate: other?.candidateType ?? "",
    protocol: own?.relayProtocol ?? own?.protocol ?? "",
    network: own?.networkType ?? "",
    codecs: [...new Set(codecs.filter(Boolean))],
  };
}

function pairOf(entries) {
  const pairs = entries.filter(({ type }) => type === "candidate-pair");
  const chosen = entries.find(({ type }) => type === "transport")?.selectedCandidatePairId;
  return pairs.find(({ id }) => id === chosen) ?? pairs.find((pair) => pair.nominated && pair.state === "succeeded");
}

function sum(entries, name) {
  return entries.reduce((total, entry) => total + (entry[name] ?? 0), 0);
}

function imageOf(entries) {
  const widest = entries.filter(({ kind, frameWidth }) => kind === "video" && frameWidth)
    .sort((one, other) => other.frameWidth - one.frameWidth)[0];
  return widest ? `${widest.frameWidth}x${widest.frameHeight} ${round(widest.framesPerSecond ?? 0)}/s` : "";
}

function round(value, digits = 0) {
  return Number(value.toFixed(digits));
}

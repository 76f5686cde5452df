// The connection of images and sound: perfect negotiation, with fixed places for microphone, camera and screen.
// The mentor is the impolite side: he alone makes the places and numbers each new connection (`generation`).
const WATCH_MS = 4_000;
const MOST_REBUILDS = 3;
const PLACES = [["microphone", "audio"], ["camera", "video"], ["screen", "video"]];
const CAPS = { camera: { maxBitrate: 1_200_000 }, screen: { maxBitrate: 2_500_000, maxFramerate: 15 } };
// Asked for by a person after the connection was given up, or because he changed how it goes.
const FRESH = { rebuilds: 0, hopeless: false };

export class Peer {
  constructor({ signaling, polite, onState, onTrack }) {
    Object.assign(this, { signaling, polite, onState, onTrack });
    this.iceServers = [];
    this.tracks = { microphone: null, camera: null, screen: null };
    this.shapes = { camera: { ...CAPS.camera, active: true }, screen: { ...CAPS.screen, active: true } };
    this.generation = 0;
    this.page = null;
    this.connection = null;
    this.rebuilds = 0;
    // Signals are treated one after the other, whatever each of them waits for.
    this.queue = Promise.resolve();
    this.shaping = Promise.resolve();
  }

  get isConnected() {
    return this.connection?.connectionState === "connected";
  }

  // --- who is there -----------------------------------------------------------------------------------------------

  arrive(page) {
    if (page !== this.page || !this.connection || this.connection.connectionState === "closed") {
      this.page = page;
      this.rebuilds = 0;
      this.build();
      // The other page may still hold the connection of before, and would offer nothing until it finds it dead.
      if (this.polite && this.hasLeft) this.signaling.send("signal.rebuild", { to: page });
    } else if (["failed", "disconnected"].includes(this.connection.connectionState)) {
      this.connection.restartIce();
    }
  }

  leave() {
    this.hasLeft ||= Boolean(this.page);
    this.page = null;
    this.close();
  }

  close() {
    clearTimeout(this.watch);
    clearTimeout(this.patience);
    this.connection?.close();
    this.connection = null;
    this.makingOffer = this.answerPending = this.ignoreOffer = false;
    this.senders = null;
    this.onState("closed");
  }

  // A new connection, from the start: by choice of a person.
  again() {
    Object.assign(this, FRESH);
    if (!this.page) return;
    if (this.polite) this.signaling.send("signal.rebuild", { to: this.page });
    else this.build();
  }

  // --- building ---------------------------------------------------------------------------------------------------

  // Synchronous on purpose: an offer that comes while this runs must find the connection.
  build() {
    this.close();
    if (this.hopeless) Object.assign(this, FRESH);
    this.generation = this.polite ? 0 : this.generation + 1;
    const connection = new RTCPeerConnection(this.configuration());
    this.connection = connection;
    if (!this.polite) {
      this.adopt(PLACES.map(([, kind]) => connection.addTransceiver(kind, { direction: "sendrecv" })));
    }
    connection.onicecandidate = ({ candidate }) => this.signal("signal.candidate", { candidate: asRecord(candidate) });
    connection.onnegotiationneeded = () => this.offer(connection);
    connection.ontrack = ({ transceiver, track }) => {
      const place = PLACES[connection.getTransceivers().indexOf(transceiver)]?.[0];
      if (place) this.onTrack(place, track);
    };
    connection.onconnectionstatechange = () => this.stateChanged(connection);
    connection.oniceconnectionstatechange = () => this.iceChanged(connection);
    this.watchOver(connection);
  }

  configuration() {
    return {
      iceServers: this.iceServers,
      iceTransportPolicy: this.relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
      rtcpMuxPolicy: "require",
    };
  }

  // The relay's credentials do not last for ever; browsers want the whole configuration repeated.
  refresh(iceServers) {
    this.iceServers = iceServers;
    this.connection?.setConfiguration?.(this.configuration());
  }

  adopt(transceivers) {
    this.senders = Object.fromEntries(PLACES.map(([place], index) => [place, transceivers[index].sender]));
    return Promise.all(PLACES.map(([place]) => this.attach(place)));
  }

  setTrack(place, track) {
    this.tracks[place] = track;
    return this.attach(place);
  }

  async attach(place) {
    const sender = this.senders?.[place];
    if (!sender) return;
    const track = this.tracks[place];
    if (track && "contentHint" in track) {
      track.contentHint = { microphone: "speech", camera: "motion", screen: "detail" }[place];
    }
    await sender.replaceTrack(track);
    await this.shape(place, {});
  }

  // How an image is sent: `maxBitrate`, and `active: false` for not at all. One change after the other, for each begins
  // with what the sender has.
  shape(place, changes) {
    if (!this.shapes[place]) return null;
    Object.assign(this.shapes[place], changes);
    this.shaping = this.shaping.then(() => limit(this.senders?.[place], this.shapes[place]));
    return this.shaping;
  }

  // --- negotiation ------------------------------------------------------------------------------------------------

  signal(type, fields) {
    this.signaling.send(type, { to: this.page, generation: this.generation, ...fields });
  }

  async offer(connection) {
    try {
      this.makingOffer = true;
      await connection.setLocalDescription();
      this.signal("signal.description", { description: asRecord(connection.localDescription) });
    } catch (error) {
      if (connection === this.connection) console.warn("offer", error);
    } finally {
      this.makingOffer = false;
    }
  }

  receive(message) {
    this.queue = this.queue.then(() => this.treat(message)).catch((error) => console.warn(message.type, error));
  }

  async treat(message) {
    if (message.from !== this.page || !this.connection) return;
    if (message.type === "signal.rebuild") {
      if (!this.polite) this.build();
    } else if (message.type === "signal.description") {
      if (this.follow(message)) await this.describe(message.description);
    } else if (message.generation === this.generation) {
      await this.addCandidate(message.candidate);
    }
  }

  // The polite side follows the number of an offer; signals of another number belong to a connection that is gone.
  follow({ generation, description }) {
    if (this.polite && description.type === "offer" && generation > this.generation) {
      if (this.connection.remoteDescription) this.build();
      this.generation = generation;
    }
    return generation === this.generation;
  }

  async describe(description) {
    const { connection } = this;
    const ready = !this.makingOffer && (connection.signalingState === "stable" || this.answerPending);
    const collision = description.type === "offer" && !ready;
    this.ignoreOffer = !this.polite && collision;
    if (this.ignoreOffer) return;
    this.answerPending = description.type === "answer";
    await connection.setRemoteDescription(description);
    this.answerPending = false;
    if (description.type !== "offer") return;
    if (this.polite && !this.senders) {
      const transceivers = connection.getTransceivers();
      for (const transceiver of transceivers) transceiver.direction = "sendrecv";
      await this.adopt(transceivers);
    }
    await connection.setLocalDescription();
    this.signal("signal.description", { description: asRecord(connection.localDescription) });
  }

  async addCandidate(candidate) {
    try {
      await this.connection.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      if (!this.ignoreOffer) throw error;
    }
  }

  // --- trouble ----------------------------------------------------------------------------------------------------

  stateChanged(connection) {
    if (connection !== this.connection) return;
    if (connection.connectionState === "connected") {
      Object.assign(this, FRESH);
      for (const place of Object.keys(this.shapes)) this.shape(place, {});
    }
    if (connection.connectionState === "failed") connection.restartIce();
    this.onState(connection.connectionState);
  }

  iceChanged(connection) {
    clearTimeout(this.patience);
    if (connection.iceConnectionState !== "disconnected") return;
    this.patience = setTimeout(() => {
      if (connection === this.connection && !this.isConnected) connection.restartIce();
    }, WATCH_MS);
  }

  // Longer from try to try: a slow machine gets there too.
  watchOver(connection) {
    this.watch = setTimeout(() => {
      if (connection !== this.connection) return;
      if (!this.isConnected) this.mend(connection);
      if (connection === this.connection && !this.hopeless) this.watchOver(connection);
    }, WATCH_MS * (1 + this.rebuilds / 2));
  }

  // A lost offer, a lost answer or a missing candidate ends in a numbered rebuild, never in a silent hang.
  mend(connection) {
    this.rebuilds += 1;
    const isAgreed = connection.remoteDescription && connection.signalingState === "stable";
    const hasWays = /a=candidate/.test(connection.localDescription?.sdp ?? "");
    if (this.rebuilds > MOST_REBUILDS) this.giveUp();
    else if (this.rebuilds === 1 && isAgreed && hasWays) connection.restartIce();
    else if (this.polite) this.signaling.send("signal.rebuild", { to: this.page });
    else this.build();
  }

  // The way to the outside is another one: from wire to radio, from one radio to the next.
  networkChanged() {
    if (this.page) this.connection?.restartIce();
  }

  giveUp() {
    this.hopeless = true;
    this.onState("hopeless");
  }
}

async function limit(sender, shape) {
  const parameters = sender?.getParameters();
  if (!parameters?.encodings?.length) return;
  Object.assign(parameters.encodings[0], shape);
  try {
    await sender.setParameters(parameters);
  } catch (error) {
    console.debug("limits not set", error);
  }
}

function asRecord(value) {
  return value ? value.toJSON() : null;
}

// The ways to the outside: to our server and back, the public address, and a call of this page to itself through the
// relay alone. Nothing here touches camera or microphone.
const ECHOES = 5;
const ECHO_MS = 6_000;
const GATHER_MS = 6_000;
const RELAY_MS = 15_000;
const WRONG_CREDENTIAL = 401;

// Rejects with "too_late" unless `start(resolve, reject)` settles before.
function settled(ms, start) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("too_late")), ms);
    start(resolve, reject);
  });
}

// The median of some echoes over a socket, in ms.
export async function roundTrip(path) {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
  try {
    return await settled(ECHO_MS, (resolve, reject) => {
      const times = [];
      let sentAt = 0;
      const send = () => {
        sentAt = performance.now();
        socket.send(String(times.length));
      };
      socket.onopen = send;
      socket.onmessage = () => {
        times.push(performance.now() - sentAt);
        if (times.length < ECHOES) send();
        else resolve(times.sort((one, other) => one - other)[ECHOES >> 1]);
      };
      socket.onerror = socket.onclose = () => reject(new Error("closed"));
    });
  } finally {
    socket.onclose = socket.onerror = null;
    socket.close();
  }
}

// Whether an outside server told us our address (STUN): then a direct connection has a chance. A relay answers that
// question too, and is asked for nothing else here.
export async function hasPublicAddress(iceServers) {
  const plain = iceServers.flatMap(({ urls }) => urls).filter((url) => !url.startsWith("turns:"));
  const urls = [...new Set(plain.map((url) => url.replace(/^turn:/, "stun:").replace(/\?.*$/, "")))];
  const connection = new RTCPeerConnection({ iceServers: urls.length ? [{ urls }] : [] });
  try {
    return await settled(GATHER_MS, (resolve, reject) => {
      connection.onicecandidate = ({ candidate }) => {
        if (!candidate) resolve(false);
        else if (candidate.type === "srflx") resolve(true);
      };
      connection.createDataChannel("address");
      connection.setLocalDescription().catch(reject);
    });
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

export function hasRelay(iceServers) {
  return iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
}

// One end calls the other, both through the relay only. Gives the time there and back in ms, and how the relay was
// reached (udp, tcp, tls). The error's message: "refused" is our fault, anything else is the network's.
export async function callThroughRelay(iceServers) {
  const options = { iceServers, iceTransportPolicy: "relay" };
  const [one, other] = [new RTCPeerConnection(options), new RTCPeerConnection(options)];
  let refused = false;
  for (const end of [one, other]) {
    end.onicecandidateerror = ({ errorCode }) => (refused ||= errorCode === WRONG_CREDENTIAL);
  }
  try {
    const channel = one.createDataChannel("relay");
    other.ondatachannel = (event) => (event.channel.onmessage = ({ data }) => event.channel.send(data));
    const ms = settled(RELAY_MS, (resolve, reject) => {
      let sentAt = 0;
      channel.onopen = () => {
        sentAt = performance.now();
        channel.send("there and back");
      };
      channel.onmessage = () => resolve(performance.now() - sentAt);
      one.onicegatheringstatechange = () => {
        const isEmpty = one.iceGatheringState === "complete" && !one.localDescription?.sdp.includes("a=candidate");
        if (isEmpty) reject(new Error("unreachable"));
      };
      connect(one, other).catch(reject);
    });
    return { ms: await ms, protocol: await relayProtocol(one) };
  } catch (error) {
    throw refused ? new Error("refused", { cause: error }) : error;
  } finally {
    one.close();
    other.close();
  }
}

async function connect(one, other) {
  // A candidate may come before the other end knows of the call.
  let [oneKnows, otherKnows] = [() => {}, () => {}];
  const [oneReady, otherReady] = [new Promise((done) => (oneKnows = done)), new Promise((done) => (otherKnows = done))];
  const pass = (end, candidate) => end.addIceCandidate(candidate).catch(() => {});
  one.onicecandidate = ({ candidate }) => otherReady.then(() => pass(other, candidate));
  other.onicecandidate = ({ candidate }) => oneReady.then(() => pass(one, candidate));
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription);
  otherKnows();
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription);
  oneKnows();
}

async function relayProtocol(connection) {
  const report = await connection.getStats();
  const pair = [...report.values()].find((entry) => entry.type === "candidate-pair" && entry.state === "succeeded");
  return report.get(pair?.localCandidateId)?.relayProtocol ?? "";
}

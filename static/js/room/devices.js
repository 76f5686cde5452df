// Camera, microphone and screen of this device. Capabilities are tested, never the name of the browser.
export function canCall() {
  return Boolean(window.RTCPeerConnection && navigator.mediaDevices?.getUserMedia && window.WebSocket);
}

export function canShare() {
  return Boolean(navigator.mediaDevices?.getDisplayMedia);
}

export function canChooseSpeaker() {
  return "setSinkId" in HTMLMediaElement.prototype;
}

export function canRecord() {
  return "MediaRecorder" in window;
}

const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const CAMERA = { width: { ideal: 1280, max: 1280 }, height: { ideal: 720, max: 720 }, frameRate: { ideal: 30 } };
// The device is missing or taken: the other one is tried alone. A refusal is not: it would only be asked again.
const ANOTHER_WAY = ["NotFoundError", "OverconstrainedError", "NotReadableError"];

export class Devices {
  constructor() {
    this.stream = null;
  }

  get microphone() {
    return this.stream?.getAudioTracks()[0] ?? null;
  }

  get camera() {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  // Both, or the one that there is. `exact` insists on these devices; without it they are a preference, for they may
  // have been unplugged since. Throws what getUserMedia throws first.
  async open({ cameraId, microphoneId, camera = true, exact = true } = {}) {
    const audio = { ...MICROPHONE, ...chosen(microphoneId, exact) };
    const video = { ...CAMERA, ...chosen(cameraId, exact) };
    const enabled = { audio: this.microphone?.enabled ?? true, video: this.camera?.enabled ?? true };
    this.close();
    this.stream = await openFirst(camera ? [{ audio, video }, { audio }, { video }] : [{ audio }]);
    for (const track of this.stream.getTracks()) track.enabled = enabled[track.kind];
    return this.stream;
  }

  // Names are empty until the permission was given.
  async list() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const of = (kind) => all.filter((device) => device.kind === kind);
    return { cameras: of("videoinput"), microphones: of("audioinput"), speakers: of("audiooutput") };
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }
}

function chosen(deviceId, exact) {
  if (!deviceId) return {};
  return { deviceId: exact ? { exact: deviceId } : { ideal: deviceId } };
}

async function openFirst(attempts) {
  let first = null;
  for (const constraints of attempts) {
    try {
      return await navigator.mediaDevices.getUserMedia(constraints);
    } catch (error) {
      first ??= error;
      if (!ANOTHER_WAY.includes(error.name)) throw error;
    }
  }
  throw first;
}

// Calls `show` with 0 to 1, ten times a second, until the returned function is called. Each look covers most of the time
// since the one before: a short word is not missed.
export function watchLevel(stream, show) {
  if (!stream.getAudioTracks().length) return () => {};
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 4096 });
  context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    show(Math.min(1, Math.max(...samples.map(Math.abs)) * 2));
  }, 100);
  return () => {
    clearInterval(timer);
    context.close();
  };
}

// Two soft notes, from this speaker where it can be chosen. Called after a click of this page only, so browsers let it
// sound.
export async function chime(speakerId = "") {
  const context = new AudioContext();
  const output = await outputOf(context, speakerId);
  for (const [index, frequency] of [660, 880].entries()) {
    const start = context.currentTime + index * 0.18;
    const note = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.linearRampToValueAtTime(0.2, start + 0.02);
    volume.gain.linearRampToValueAtTime(0, start + 0.3);
    note.connect(volume).connect(output);
    note.start(start);
    note.stop(start + 0.32);
  }
  setTimeout(() => context.close(), 900);
}

async function outputOf(context, speakerId) {
  if (!speakerId || !canChooseSpeaker()) return context.destination;
  const way = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = way.stream;
  try {
    await element.setSinkId(speakerId);
    await element.play();
  } catch {
    return context.destination;
  }
  return way;
}

export async function openScreen() {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { max: 15 } },
    audio: false,
    selfBrowserSurface: "exclude",
    surfaceSwitching: "include",
  });
  return stream.getVideoTracks()[0];
}

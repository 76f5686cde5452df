// Camera, microphone and screen of this device. Capabilities are tested, never the name of the browser.
export function canCall() {
  return Boolean(window.RTCPeerConnection && navigator.mediaDevices?.getUserMedia && window.WebSocket);
}

export function canShare() {
  return Boolean(navigator.mediaDevices?.getDisplayMedia);
}

const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const CAMERA = { width: { ideal: 1280, max: 1280 }, height: { ideal: 720, max: 720 }, frameRate: { ideal: 30 } };

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

  // Both, or the microphone alone when there is no camera. Throws what getUserMedia throws.
  async open({ cameraId, microphoneId } = {}) {
    const audio = { ...MICROPHONE, ...exact(microphoneId) };
    const video = { ...CAMERA, ...exact(cameraId) };
    const enabled = { audio: this.microphone?.enabled ?? true, video: this.camera?.enabled ?? true };
    this.close();
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio, video });
    } catch (error) {
      if (!["NotFoundError", "OverconstrainedError"].includes(error.name)) throw error;
      this.stream = await navigator.mediaDevices.getUserMedia({ audio });
    }
    for (const track of this.stream.getTracks()) track.enabled = enabled[track.kind];
    return this.stream;
  }

  // Names are empty until the permission was given.
  async list() {
    const all = await navigator.mediaDevices.enumerateDevices();
    return {
      cameras: all.filter(({ kind }) => kind === "videoinput"),
      microphones: all.filter(({ kind }) => kind === "audioinput"),
    };
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }
}

function exact(deviceId) {
  return deviceId ? { deviceId: { exact: deviceId } } : {};
}

// Calls `show` with 0 to 1, ten times a second, until the returned function is called.
export function watchLevel(stream, show) {
  if (!stream.getAudioTracks().length) return () => {};
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 512 });
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

// Two soft notes. Called after a click of this page only, so browsers let it sound.
export function chime() {
  const context = new AudioContext();
  for (const [index, frequency] of [660, 880].entries()) {
    const start = context.currentTime + index * 0.18;
    const note = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.linearRampToValueAtTime(0.2, start + 0.02);
    volume.gain.linearRampToValueAtTime(0, start + 0.3);
    note.connect(volume).connect(context.destination);
    note.start(start);
    note.stop(start + 0.32);
  }
  setTimeout(() => context.close(), 900);
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

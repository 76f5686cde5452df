// Five seconds of one's own voice, kept in this page's memory only.
const SECONDS = 5;

// Calls `tick` with the seconds left; gives the address of the sound, which its user lets go with URL.revokeObjectURL.
export async function record(track, tick) {
  const recorder = new MediaRecorder(new MediaStream([track]));
  const pieces = [];
  const stopped = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = ({ error }) => reject(error);
  });
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  recorder.start();
  let left = SECONDS;
  tick(left);
  const timer = setInterval(() => {
    left -= 1;
    tick(left);
    if (left <= 0 && recorder.state !== "inactive") recorder.stop();
  }, 1000);
  try {
    await stopped;
  } finally {
    clearInterval(timer);
  }
  return URL.createObjectURL(new Blob(pieces, { type: recorder.mimeType }));
}

// A worker: browsers slow down the timers of hidden tabs, not those of workers. It posts a tick each `period` ms.
let timer = null;

self.onmessage = ({ data: period }) => {
  clearInterval(timer);
  timer = setInterval(() => self.postMessage(null), period);
  // A new period begins with a tick: changing it never delays the next sign of life.
  self.postMessage(null);
};

// A conversation that is open: its socket tells that something came, the poller of the page then brings it.
// Without a socket the poller asks by itself.

import scrollIntoView from "./scroll-into-view.js";

const FINAL_CODES = [4401, 4404, 4429];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
// With a socket the poller is a safety net only.
const QUIET_MS = 60_000;
const MOST_TRIES = 3;
const NEAR_END_PX = 160;

export default function liveThread(thread) {
  let socket = null;
  let pause = FIRST_PAUSE_MS;
  let askedAt = performance.now();
  let newest = 0;
  let tries = 0;
  let follows = false;
  let isMine = false;
  const poller = () => thread.querySelector("[data-newest]");
  const isOpen = () => socket?.readyState === WebSocket.OPEN;

  function ask() {
    const found = poller();
    if (found) htmx.trigger(found, "news");
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}${thread.dataset.socket}`);
    socket.onopen = () => {
      pause = FIRST_PAUSE_MS;
      ask();
    };
    socket.onmessage = ({ data }) => {
      newest = JSON.parse(data).id;
      tries = 0;
      ask();
    };
    socket.onclose = ({ code }) => {
      if (FINAL_CODES.includes(code)) return;
      setTimeout(connect, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
  }

  thread.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== poller()) return;
    const isNews = event.detail.requestConfig.triggeringEvent?.type === "news";
    if (!isNews && isOpen() && performance.now() - askedAt < QUIET_MS) event.preventDefault();
    else askedAt = performance.now();
  });
  thread.addEventListener("htmx:beforeSwap", () => (follows = isMine || isNearEnd()));
  thread.addEventListener("htmx:afterSettle", () => {
    const end = thread.querySelector(".thread__end");
    if (follows && end) scrollIntoView(end);
    isMine = false;
    // The answer was on its way when the news came.
    if (Number(poller()?.dataset.newest) < newest && tries < MOST_TRIES) {
      tries += 1;
      ask();
    }
  });
  // A card is shown by reading the page again: not while files are chosen, which a page cannot keep.
  thread.addEventListener("htmx:beforeOnLoad", (event) => {
    const refreshes = event.detail.xhr.getResponseHeader("HX-Refresh");
    if (refreshes && document.querySelector('[data-part="chosen"] li')) event.preventDefault();
  });
  document.addEventListener("message:sent", () => {
    isMine = true;
    ask();
  });

  // On a wide screen the column is reversed and stays at its end by itself.
  function isNearEnd() {
    return innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_END_PX;
  }

  connect();
}

// The newest message is in view on arrival, also on phones, where the page itself scrolls. Where the conversation has a
// pane of its own only the pane moves: what the page says at its top stays in sight.
export default function scrollIntoView(element) {
  const pane = element.closest(".mail__scroll");
  if (pane && getComputedStyle(pane).overflowY !== "visible") {
    pane.scrollTop = pane.scrollHeight;
  } else {
    element.scrollIntoView({ block: "end" });
  }
}

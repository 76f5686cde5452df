// What is shown counts as read once somebody can see it, not in a tab behind others.
export default function readWhenSeen(form) {
  const tell = () => {
    if (document.hidden || !form.isConnected) return;
    document.removeEventListener("visibilitychange", tell);
    htmx.trigger(form, "seen");
  };
  document.addEventListener("visibilitychange", tell);
  tell();
}

// Copies the text of data-copy; the button says that it did.
const SHOWN_MS = 2000;

export default function copy(button) {
  if (!navigator.clipboard) {
    button.hidden = true;
    return;
  }
  const words = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = words), SHOWN_MS);
  });
}

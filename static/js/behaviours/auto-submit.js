// Filters apply as soon as one changes; the button is for those without script.
export default function autoSubmit(form) {
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}

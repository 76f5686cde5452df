// A reminder while an address or a number is being typed: it forbids nothing. The same patterns as messaging/rules.py.
const EMAIL = /[\w.+-]+\s?(?:@|\[at\]|\(at\)|\barobase\b)\s?[\w-]+(?:\.|\s(?:point|dot)\s)[a-z]{2,}/i;
const PHONE = /(?<![\w,.])(?:\+\d{1,3}|\(?0\)?)[ .\-\u202f\u00a0/]?\d(?:[ .\-\u202f\u00a0/]?\d){7,12}(?!\w)/;

export default function contactReminder(form) {
  const reminder = form.querySelector('[data-part="reminder"]');
  const field = form.elements.body ?? form.elements.message;
  form.addEventListener("input", () => {
    const words = EMAIL.test(field.value) || PHONE.test(field.value) ? reminder.dataset.text : "";
    // Said once, not at each letter.
    if (reminder.textContent !== words) reminder.textContent = words;
  });
}

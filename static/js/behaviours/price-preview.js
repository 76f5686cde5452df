// « 1 h à 60,00 €/h : 60,00 € maximum… » while a duration is being chosen.
// data-rate-cents: the hourly rate; data-duration: name of the field in minutes, data-other: of the one for other lengths;
// inside: [data-price="amount"], [data-price="duration"], [data-price="words"] (its template in data-words).
import { formatEuros, formatMinutes, priceCents } from "../money.js";

export default function pricePreview(form) {
  const rate = Number(form.dataset.rateCents);
  const name = form.dataset.duration;
  const print = () => {
    const data = new FormData(form);
    const minutes = Number(data.get(name)) || Number(data.get(form.dataset.other));
    if (!Number.isInteger(minutes) || minutes <= 0) return;
    const values = {
      amount: formatEuros(priceCents(rate, minutes * 60)),
      duration: formatMinutes(minutes),
      rate: `${formatEuros(rate)}/h`,
    };
    for (const output of form.querySelectorAll("[data-price]")) {
      const words = output.dataset.words ?? `{${output.dataset.price}}`;
      output.textContent = words.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
    }
  };
  form.addEventListener("input", print);
  print();
}

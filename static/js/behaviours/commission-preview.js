// The calculator of « Devenir mentor »: prints as one types what the server would print.
import { formatEuros, parseEuros, share } from "../money.js";

export default function commissionPreview(root) {
  const input = root.querySelector("input[name=tarif]");
  const basisPoints = Number(root.dataset.basisPoints);
  const parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  input.addEventListener("input", () => {
    const total = parseEuros(input.value);
    if (total === null) return;
    const commission = share(total, basisPoints);
    parts.total.textContent = formatEuros(total);
    parts.commission.textContent = formatEuros(commission);
    parts.net.textContent = formatEuros(total - commission);
  });
}

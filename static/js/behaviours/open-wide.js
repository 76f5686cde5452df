// Filters beside the results are open on wide screens, also where CSS alone cannot do it.
export default function openWide(details) {
  if (matchMedia("(width >= 64rem)").matches && !CSS.supports("selector(::details-content)")) details.open = true;
}

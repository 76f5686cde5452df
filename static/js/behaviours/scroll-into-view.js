// The newest message is in view on arrival, also on phones.
export default function scrollIntoView(element) {
  element.scrollIntoView({ block: "end" });
}

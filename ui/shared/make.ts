/** Elements by calls alone, as our policy asks: for what is drawn without components. */
type Props<T> = Partial<Omit<T, 'children'>> & Record<string, unknown>;

/** An element with what it has and holds. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  props: Props<HTMLElementTagNameMap[K]> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), props);
  element.append(...inside);
  return element;
}

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

/** A decorative icon of one line in a square of 24. */
export function lineIcon(line: string): SVGElement {
  const [svg, path] = (['svg', 'path'] as const).map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag));
  path!.setAttribute('d', line);
  svg!.setAttribute('viewBox', '0 0 24 24');
  svg!.setAttribute('aria-hidden', 'true');
  svg!.append(path!);
  return svg!;
}

/**
 * An element with attributes and children. Text becomes text nodes and never markup.
 *
 * @param attributes - set as they are; names such as `class`, `href`, `aria-label`
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element of the page with this id; it must be there. @throws Error */
export function byId(id: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`#${id}`);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** Replaces what a container holds; the focus stays on the element with the same `data-key`. */
export function replaceKeepingFocus(container: HTMLElement, ...children: readonly Node[]): void {
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.getAttribute('data-key') ?? null;
  container.replaceChildren(...children);
  if (key === null) return;
  for (const candidate of container.querySelectorAll<HTMLElement>('[data-key]')) {
    if (candidate.dataset['key'] === key) candidate.focus({ preventScroll: true });
  }
}

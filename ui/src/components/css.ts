/**
 * Sets computed sizes on an element: `{@attach css({ width: '40%' })}`. It assigns single properties, which the
 * content security policy allows; a `style` attribute in markup it does not.
 */
export function css(properties: Record<string, string>): (element: HTMLElement | SVGElement) => void {
  return (element) => {
    for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
  };
}

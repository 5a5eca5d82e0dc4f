/**
 * Makes elements. Every text becomes a text node, never markup, so no script in a pasted request runs.
 */
type Attributes = Readonly<Record<string, string>>;
export type Content = Node | string;

const SVG = "http://www.w3.org/2000/svg";

export function find<T extends Element>(selector: string): T {
	const element = document.querySelector<T>(selector);
	if (element === null) throw new Error(`no ${selector}`);
	return element;
}

export function make(
	name: string,
	attributes: Attributes = {},
	...contents: readonly Content[]
): HTMLElement {
	return fill(document.createElement(name), attributes, contents);
}

export function draw(name: string, attributes: Attributes = {}, ...contents: readonly Content[]): SVGElement {
	return fill(document.createElementNS(SVG, name) as SVGElement, attributes, contents);
}

function fill<T extends Element>(element: T, attributes: Attributes, contents: readonly Content[]): T {
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
	element.append(...contents);
	return element;
}

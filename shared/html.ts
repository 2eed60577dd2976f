/** HTML that requires no escaping. Created only by the tag `html`. */
export class SafeHtml {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

type Part = string | number | SafeHtml | readonly SafeHtml[]

/** Escapes every value that this tag did not create: the name of a product or customer cannot become markup. */
export const html = (literals: TemplateStringsArray, ...parts: Part[]): SafeHtml =>
  new SafeHtml(literals.map((literal, index) => literal + (index < parts.length ? render(parts[index]!) : '')).join(''))

function render(part: Part): string {
  if (part instanceof SafeHtml) return part.source
  if (typeof part === 'object') return part.map(({ source }) => source).join('')
  return String(part).replace(/[&<>"']/g, (character) => entities[character]!)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

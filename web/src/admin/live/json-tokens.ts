interface JsonToken {
  readonly text: string
  readonly look: 'name' | 'text' | 'number' | 'mark'
}

/** An indented JSON document in parts that are colored. */
export function jsonTokens(value: unknown): JsonToken[] {
  const document = JSON.stringify(value, null, 2)
  return [
    ...document.matchAll(
      /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)|[^"\d-]+?(?=["\d-]|true|false|null|$)/g,
    ),
  ].map(([text, quoted, colon, literal]): JsonToken => {
    if (colon !== undefined) return { text, look: 'name' }
    if (quoted !== undefined) return { text, look: 'text' }
    return { text, look: literal === undefined ? 'mark' : 'number' }
  })
}

/** The source of a regular expression, which needs the flag `s`: `*` matches any characters, `?` exactly one. */
export const wildcardSource = (pattern: string): string =>
  pattern.replaceAll(/[*?]|[^*?]+/g, (part) => ({ '*': '.*', '?': '.' })[part] ?? RegExp.escape(part))

/** The source of a regular expression, which needs the flag `s`: `*` matches any characters, `?` exactly one. */
export const wildcardSource = (pattern: string): string =>
  RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')

/**
 * Whether a path, without its query, matches the pattern of a behavior. `*` matches any characters, `?` exactly one;
 * case matters, and the slash at the beginning is optional. Source: "Cache behavior settings", Path pattern.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const source = [...pattern.replace(/^\//, '')].map((character) => wildcards[character] ?? escaped(character))
  return new RegExp(`^/?${source.join('')}$`, 's').test(path)
}

const wildcards: Readonly<Record<string, string>> = { '*': '.*', '?': '.' }

const escaped = (character: string) => character.replace(/[\\^$.|+()[\]{}]/, '\\$&')

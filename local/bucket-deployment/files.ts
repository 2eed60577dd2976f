import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { wildcardSource } from '../wildcards.ts'

/** The folder of one source, and the values that replace markers in its files. */
export interface Source {
  readonly directory: string
  readonly markers: Readonly<Record<string, unknown>>
  /** Whether the values are inserted within strings of JSON. */
  readonly jsonEscape: boolean
}

/** Path with slashes → content of every file; a later source replaces files of earlier ones. */
export const readSources = (sources: readonly Source[]): Map<string, Buffer> => new Map(sources.flatMap(readSource))

function readSource({ directory, markers, jsonEscape }: Source): [path: string, content: Buffer][] {
  const replacements = Object.entries(markers).map(
    ([marker, value]) => [marker, jsonEscape ? unquotedJson(value) : String(value)] as const,
  )
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return paths
    .filter((path) => statSync(join(directory, path)).isFile())
    .map((path) => [path.split(sep).join('/'), replaced(readFileSync(join(directory, path)), replacements)])
}

const bytesOf = (text: string) => Buffer.from(text).toString('latin1')

const unquotedJson = (value: unknown) => JSON.stringify(value).replace(/^"|"$/g, '')

/** Latin 1 maps each byte to one character, so that files that are not text are unchanged. */
function replaced(content: Buffer, replacements: readonly (readonly [marker: string, value: string])[]): Buffer {
  if (replacements.length === 0) return content
  const text = replacements.reduce(
    (before, [marker, value]) => before.replaceAll(bytesOf(marker), () => bytesOf(value)),
    content.toString('latin1'),
  )
  return Buffer.from(text, 'latin1')
}

/** The filters of `aws s3 sync`: `*` matches any characters, `/` included, `?` exactly one. */
export const isExcluded = (path: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => new RegExp(`^${wildcardSource(pattern)}$`, 's').test(path))

/**
 * The content type that `aws s3 sync` guesses by a file's name, which is that of Python's module `mimetypes`; undefined for
 * an extension that it does not know, so that S3 stores `binary/octet-stream`.
 */
export const guessedContentType = (fileName: string): string | undefined => types[extname(fileName).toLowerCase()]

const types: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.ico': 'image/vnd.microsoft.icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.xml': 'text/xml',
}

import { createHash, randomBytes } from 'node:crypto'

/** Crockford's base 32: no I, L, O or U, and strings sort in the order of their numbers. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * A prefixed id that sorts by its time, in the layout of a ULID: 10 characters of milliseconds, 16 random ones.
 * `newId('ord', new Date())` → `ord_01KAHZ3V8G5WQ2N7R4X6T9B0CD`
 */
export function newId(prefix: string, time: Date): string {
  const randomPart = Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('')
  return startOfIds(prefix, time) + randomPart
}

/** A prefixed id with 26 characters that follow from a text: the same text has the same id. It has no time. */
export const idOf = (prefix: string, text: string): string =>
  `${prefix}_${Array.from(createHash('sha256').update(text).digest().subarray(0, 26), (byte) => alphabet[byte % 32]).join('')}`

/** The start of all ids of a millisecond, which sorts before each of them and after those of earlier times. */
export function startOfIds(prefix: string, time: Date): string {
  let milliseconds = time.getTime()
  let timePart = ''
  for (let index = 0; index < 10; index += 1) {
    timePart = alphabet[milliseconds % 32]! + timePart
    milliseconds = Math.floor(milliseconds / 32)
  }
  return `${prefix}_${timePart}`
}

export function timeOfId(id: string): Date {
  const timePart = id.slice(id.indexOf('_') + 1).slice(0, 10)
  return new Date([...timePart].reduce((value, character) => value * 32 + alphabet.indexOf(character), 0))
}

/** The shard, from 0 to `count` - 1, of an id in a list that is spread over several index partitions. */
export const shardOf = (id: string, count: number): number =>
  [...id].reduce((mixed, character) => (mixed * 31 + character.charCodeAt(0)) % 65_521, 7) % count

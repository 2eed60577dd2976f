import { formatElapsed, serviceOf, summaryOf } from './event-text.ts'
import type { FlowNode } from './flow-graph.ts'

/** What the drawing says of an event, in lines: a text in SVG does not wrap by itself. */
export interface NodeText {
  readonly title: readonly string[]
  /** The last line leaves space for `since` at its end, or is empty. */
  readonly lines: readonly string[]
  readonly since: string
}

/** In the units of the drawing, as in flow-diagram.css. */
export const lineHeight = 15
const titleSize = 12.5
const textSize = 11.5
const sinceGap = 6
/** How far a title may go into the space beside the lines. */
const titleOverhang = 7

/** What a style of the user adds after each character and each space (WCAG 2.2, 1.4.12), as a part of the font's size. */
export interface Spacing {
  readonly letter: number
  readonly word: number
}

const noSpacing: Spacing = { letter: 0, word: 0 }

/**
 * @param width of the lines
 * @param options.namesService where no column has the service's name
 */
export function nodeTextOf(
  node: FlowNode,
  width: number,
  { namesService, spacing = noSpacing }: { namesService: boolean; spacing?: Spacing | undefined },
): NodeText {
  const { event } = node
  const parts = [namesService ? serviceOf(event) : '', summaryOf(event)].filter(Boolean)
  const lines = wrapped(parts.join(' · '), width, textSize, spacing)
  const since = sinceText(node)
  const [lastWidth, sinceWidth] = [lines.at(-1) ?? '', since].map((text) => widthOf(text, textSize, spacing))
  if (since && (lines.length === 0 || lastWidth! + sinceGap + sinceWidth! > width)) lines.push('')
  return { title: wrapped(event.type, width + titleOverhang, titleSize, spacing), lines, since }
}

export const linesIn = ({ title, lines }: NodeText): number => title.length + lines.length

function sinceText({ cause, sinceCauseMs }: FlowNode): string {
  if (sinceCauseMs !== undefined) return `+${formatElapsed(sinceCauseMs)}`
  return cause === 'request' ? 'request' : ''
}

/** Where a line can end: after a space or a hyphen, and before a word of `OrderPaymentFailed`. */
const breaks = /(?<=[ -])|(?<=[a-z])(?=[A-Z])/

/**
 * Breaks a text, whose parts are joined by ` · `, into lines of a width in pixels: between parts, else between words, and
 * anywhere in a word that is longer than a line.
 */
export function wrapped(content: string, width: number, fontSize: number, spacing = noSpacing): string[] {
  const fits = (text: string) => widthOf(text.trimEnd(), fontSize, spacing) <= width
  const lines: string[] = []
  let line = ''
  for (const part of content.split(' · ')) {
    if (line !== '' && fits(`${line} · ${part}`)) {
      line += ` · ${part}`
      continue
    }
    lines.push(line)
    line = ''
    for (const word of part.split(breaks)) {
      if (!fits(line + word)) lines.push(line)
      line = fits(line + word) ? line + word : word
      for (let rest = longestStart(line, fits); rest < line.length; rest = longestStart(line, fits)) {
        lines.push(line.slice(0, rest))
        line = line.slice(rest)
      }
    }
  }
  return [...lines, line].map((each) => each.trimEnd()).filter((each) => each !== '')
}

/** How many characters of a text fit; at least one. */
function longestStart(text: string, fits: (text: string) => boolean): number {
  let end = text.length
  while (end > 1 && !fits(text.slice(0, end))) end -= 1
  return end
}

/** By the widths of the page's font, each a little larger than the average of its group. */
export const widthOf = (content: string, fontSize: number, { letter, word } = noSpacing): number =>
  [...content].reduce(
    (sum, character) => sum + fontSize * (partOf(character) + letter + (character === ' ' ? word : 0)),
    0,
  )

function partOf(character: string): number {
  if (/[ .,·:;'|!ijl]/.test(character)) return 0.28
  if (/[ftrI/-]/.test(character)) return 0.41
  if (/[skvxyz]/.test(character)) return 0.52
  if (/[mwMW]/.test(character)) return 0.88
  if (/[A-Z€…]/.test(character)) return 0.72
  return /[\d+−]/.test(character) ? 0.63 : 0.58
}

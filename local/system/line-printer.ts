import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { formatLine } from './format-line.ts'
import { passes, type LineFilter } from './line-filter.ts'
import type { LocalLine } from './line.ts'

export interface PrinterOptions {
  /** Whether events are printed as JSON lines. */
  readonly json: boolean
  /** Which events are printed. @default all */
  readonly filter?: LineFilter
  /** Whether an event is left out of the readable lines. @default no event */
  readonly isHidden?: (line: LocalLine) => boolean
  /** What a user can do about an event, printed below its readable line. @default nothing */
  readonly adviceOn?: (line: LocalLine) => string | undefined
}

/** Prints events as readable lines, colored only on a terminal, or as JSON. */
export class LinePrinter {
  readonly #options: PrinterOptions
  readonly #color = process.stdout.isTTY && !process.env['NO_COLOR']
  /** Only readable lines that contain it are printed. */
  #text = ''

  constructor(options: PrinterOptions) {
    this.#options = options
  }

  print(line: LocalLine): void {
    const { json, filter = {}, isHidden, adviceOn } = this.#options
    if (!passes(line, filter)) return
    if (json) return console.log(JSON.stringify(line))
    if (isHidden?.(line)) return
    const text = formatLine(line, { color: this.#color })
    if (text === undefined || !stripVTControlCharacters(text).toLowerCase().includes(this.#text)) return
    const advice = adviceOn?.(line)
    console.log(advice === undefined ? text : `${text}\n          ${advice}`)
  }

  /** Carries out what a user types: `/text` shows only the lines with that text, `/` all. */
  command(input: string): void {
    if (!input.startsWith('/')) return
    this.#text = input.slice(1).trim().toLowerCase()
    console.log(this.#text === '' ? 'All lines are shown.' : `Only lines with ${this.#text} are shown.`)
  }

  /** Reads commands if a user can type them. */
  readCommands(): void {
    if (this.#options.json || !process.stdout.isTTY || !process.stdin.isTTY || !isInForeground()) return
    console.log('Type /text and Enter to show only the lines with that text, / for all.')
    createInterface({ input: process.stdin }).on('line', (input) => this.command(input))
  }
}

/** A process in the background that reads from its terminal is stopped. Where /proc does not exist, it is not known. */
function isInForeground(): boolean {
  try {
    // After the name in parentheses: state, parent, process group, session, terminal, foreground group.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ')
    return fields[2] === fields[5]
  } catch {
    return true
  }
}

import fontkit from '@pdf-lib/fontkit'
import dejaVuSans from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf'
import { PDFDocument, rgb, type PDFFont, type PDFPage } from 'pdf-lib'
import { unreachable } from '#shared/result.ts'
import type { Invoice, Label } from '../domain/documents.ts'
import type { DocumentPrinter } from '../ports.ts'

type Size = readonly [width: number, height: number]

/** In points. */
const a4: Size = [595, 842]
const a6: Size = [298, 420]
const lineHeight = 1.4

/**
 * The standard fonts of PDF have the letters of western Europe only (WinAnsi), and fail for others. DejaVu Sans, which may be
 * embedded freely, has Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic letters; a missing character is
 * drawn as a box. Only the letters that are used are embedded.
 */
export const pdfDocuments: DocumentPrinter = {
  async print(content) {
    const pdf = await PDFDocument.create()
    pdf.registerFontkit(fontkit)
    const font = await pdf.embedFont(dejaVuSans, { subset: true })
    switch (content.kind) {
      case 'label':
        printLabel(new Sheet(pdf, font, a6, { margin: 24 }), content)
        break
      case 'invoice':
        printInvoice(new Sheet(pdf, font, a4, { margin: 40 }), content)
        break
      default:
        return unreachable(content)
    }
    return pdf.save()
  },
}

function printLabel(sheet: Sheet, { sender, service, address, trackingNumber, orderId }: Label): void {
  sheet.row([{ text: sender }, { text: service, align: 'right' }], { size: 14 })
  sheet.rule()
  for (const line of address) sheet.row([{ text: line }], { size: 13 })
  sheet.rule()
  sheet.row([{ text: trackingNumber }], { size: 11 })
  sheet.row([{ text: `Order ${orderId}` }], { size: 8 })
}

const columns = [0.55, 0.1, 0.175, 0.175] as const

function printInvoice(sheet: Sheet, { seller, orderId, date, address, lines, totals }: Invoice): void {
  sheet.row([{ text: seller }, { text: 'Invoice', align: 'right' }], { size: 18 })
  sheet.row([{ text: `Order ${orderId}` }, { text: date, align: 'right' }], { size: 9, shares: [0.8, 0.2] })
  sheet.rule()
  for (const line of address) sheet.row([{ text: line }], { size: 10 })
  sheet.rule()
  const table = (cells: readonly string[]) =>
    sheet.row(
      cells.map((text, index) => ({ text, align: index === 0 ? 'left' : 'right' })),
      { size: 9, shares: columns },
    )
  table(['Item', 'Pieces', 'Price', 'Amount'])
  for (const { name, quantity, unitPrice, lineTotal } of lines) table([name, quantity, unitPrice, lineTotal])
  sheet.rule()
  for (const { label, amount } of totals) {
    sheet.row([{ text: label }, { text: amount, align: 'right' }], { size: 10, shares: [0.7, 0.3] })
  }
}

interface Cell {
  readonly text: string
  readonly align?: 'left' | 'right'
}

/** Writes rows from top to bottom, and begins a new page when one is full. */
class Sheet {
  readonly #pdf: PDFDocument
  readonly #font: PDFFont
  readonly #size: Size
  readonly #margin: number
  #page: PDFPage
  #y: number

  constructor(pdf: PDFDocument, font: PDFFont, size: Size, { margin }: { readonly margin: number }) {
    this.#pdf = pdf
    this.#font = font
    this.#size = size
    this.#margin = margin
    this.#page = pdf.addPage([...size])
    this.#y = size[1] - margin
  }

  /** @param options.shares of the width, one for each cell. @default equal ones */
  row(cells: readonly Cell[], { size, shares }: { readonly size: number; readonly shares?: readonly number[] }): void {
    const width = this.#size[0] - 2 * this.#margin
    const widths = cells.map((_, index) => width * (shares?.[index] ?? 1 / cells.length))
    const wrapped = cells.map(({ text }, index) => wrap(text, this.#font, size, widths[index]! - gap))
    const height = size * lineHeight
    const lines = Math.max(...wrapped.map(({ length }) => length))
    this.#makeRoom(lines * height)
    for (let line = 0; line < lines; line += 1) {
      this.#advance(height)
      let x = this.#margin
      for (const [index, { align }] of cells.entries()) {
        const text = wrapped[index]![line] ?? ''
        const free = widths[index]! - this.#font.widthOfTextAtSize(text, size)
        this.#page.drawText(text, { x: align === 'right' ? x + free : x, y: this.#y, size, font: this.#font })
        x += widths[index]!
      }
    }
  }

  rule(): void {
    this.#advance(8)
    const [start, end] = [this.#margin, this.#size[0] - this.#margin]
    this.#page.drawLine({ start: { x: start, y: this.#y }, end: { x: end, y: this.#y }, color: rgb(0.7, 0.7, 0.7) })
    this.#advance(6)
  }

  #advance(height: number): void {
    this.#makeRoom(height)
    this.#y -= height
  }

  #makeRoom(height: number): void {
    if (this.#y - height >= this.#margin) return
    this.#page = this.#pdf.addPage([...this.#size])
    this.#y = this.#size[1] - this.#margin
  }
}

/** Between columns. */
const gap = 6

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Breaks a text into lines that fit, at blanks where it can. */
function wrap(text: string, font: PDFFont, size: number, width: number): string[] {
  const fits = (line: string) => font.widthOfTextAtSize(line, size) <= width
  const lines: string[] = ['']
  const add = (part: string, separator: string) => {
    const last = lines.at(-1)!
    const joined = last === '' ? part : `${last}${separator}${part}`
    if (fits(joined) || last === '') lines[lines.length - 1] = joined
    else lines.push(part)
  }
  for (const word of text.trim().split(/\s+/u)) {
    const parts = fits(word) ? [word] : Array.from(graphemes.segment(word), ({ segment }) => segment)
    for (const [index, part] of parts.entries()) add(part, index === 0 ? ' ' : '')
  }
  return lines
}

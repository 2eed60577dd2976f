import { decodePDFRawStream, PDFDocument, PDFRawStream } from 'pdf-lib'
import type { Invoice, Label } from '../domain/documents.ts'
import { pdfDocuments } from './pdf-documents.ts'

const label: Label = {
  kind: 'label',
  sender: 'Shop',
  service: 'STANDARD',
  address: ['Ada', '1 Lane', 'Cork', 'IRELAND'],
  trackingNumber: 'SBX1',
  orderId: 'ord_1',
}

const line = { name: 'Mug', quantity: '2', unitPrice: '€1.00', lineTotal: '€2.00' }
const invoice: Invoice = {
  kind: 'invoice',
  seller: 'Shop',
  orderId: 'ord_1',
  date: '2026-11-20',
  address: ['Ada', 'IRELAND'],
  lines: [line],
  totals: [{ label: 'Total', amount: '€2.00' }],
}

/** The pages of a PDF and its texts as a reader would copy them: glyphs by the font's map to Unicode. */
async function read(bytes: Uint8Array): Promise<{ pages: number; texts: string[] }> {
  const pdf = await PDFDocument.load(bytes)
  const streams = pdf.context
    .enumerateIndirectObjects()
    .flatMap(([, object]) =>
      object instanceof PDFRawStream && !object.dict.toString().includes('/FontFile')
        ? [Buffer.from(decodePDFRawStream(object).decode()).toString('latin1')]
        : [],
    )
  const characters = new Map(
    streams.flatMap((text) =>
      [...text.matchAll(/^<([\dA-F]{4})> <([\dA-F]+)>$/gim)].map(
        ([, glyph = '', code = '']) => [glyph, Buffer.from(code, 'hex').swap16().toString('utf16le')] as const,
      ),
    ),
  )
  const texts = streams.flatMap((text) =>
    [...text.matchAll(/<([\dA-F]*)> Tj/g)].map(([, glyphs]) =>
      glyphs!.replaceAll(/.{4}/g, (glyph) => characters.get(glyph) ?? '\u{FFFD}'),
    ),
  )
  return { pages: pdf.getPageCount(), texts }
}

test('a label shows all that it is made of', async () => {
  expect(await read(await pdfDocuments.print(label))).toEqual({
    pages: 1,
    texts: ['Shop', 'STANDARD', 'Ada', '1 Lane', 'Cork', 'IRELAND', 'SBX1', 'Order ord_1'],
  })
})

test('an invoice shows its lines and totals', async () => {
  const { pages, texts } = await read(await pdfDocuments.print(invoice))
  expect(pages).toBe(1)
  expect(texts).toEqual(expect.arrayContaining(['Mug', '2', '€1.00', '€2.00', 'Total']))
})

test.each([
  ['Polish', 'Łukasz Żółć'],
  ['Greek', 'Ελένη Παπαδοπούλου'],
  ['Cyrillic', 'Ганна Їжак'],
  ['Georgian', 'ნინო'],
  ['accents that are separate characters', 'Rene\u0301'],
])('a name with %s letters is shown', async (_, name) => {
  const { texts } = await read(await pdfDocuments.print({ ...label, address: [name] }))
  expect(texts.join('').normalize('NFC')).toContain(name.normalize('NFC'))
})

test.each([
  ['letters that are missing in the font', '王小明 ひらがな'],
  ['emoji', '👩‍👩‍👧 🎁'],
  ['Arabic and Hebrew', 'ليلى דנה'],
  ['invisible characters', 'A\u200B\u202EB\u00AD'],
  ['half a surrogate pair', 'A\uD83D'],
  ['line breaks', 'A\r\nB\u2028C'],
])('a name with %s does not fail', async (_, name) => {
  expect((await read(await pdfDocuments.print({ ...label, address: [name, 'IRELAND'] }))).texts).toContain('IRELAND')
})

test('a long name is broken into lines, and nothing of it is lost', async () => {
  const word = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(4)
  const { texts } = await read(await pdfDocuments.print({ ...label, address: [`Ada ${word}`] }))
  expect(texts.filter((text) => word.includes(text)).length).toBeGreaterThan(2)
  expect(texts.join('')).toContain(`Ada ${word}`)
})

test('blanks around a text are left out: behind a full line they would make an empty one', async () => {
  const { texts } = await read(await pdfDocuments.print({ ...label, address: [' 1 Lane ', 'IRELAND'] }))
  expect(texts).toContain('1 Lane')
})

test('an invoice of many lines has several pages', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => ({ ...line, name: `Mug ${index} ${'very '.repeat(20)}large` }))
  const { pages, texts } = await read(await pdfDocuments.print({ ...invoice, lines }))
  expect(pages).toBeGreaterThan(1)
  expect(texts.filter((text) => text.startsWith('Mug '))).toHaveLength(50)
  expect(texts).toContain('Total')
})

import { multiLine, singleLine, wholeNumber } from './text.ts'

const invisible = [
  ['nothing', ''],
  ['blanks', ' \u00a0\u3000'],
  ['zero-width spaces', '\u200b\u200b'],
  ['a zero-width joiner', '\u200d'],
  ['soft hyphens', '\u00ad'],
  ['a Hangul filler', '\u3164'],
  ['a blank Braille pattern', '\u2800'],
  ['bidi controls', '\u202e\u2066\u061c\u200f'],
  ['a byte order mark', '\ufeff'],
  ['variation selectors and tags', '\ufe0f\u{e0041}'],
  ['a mix of them', ' \u200b\u3164\u2800\u00ad '],
] as const

test.each(invisible)('text of %s is invisible and is rejected', (_, text) => {
  expect(singleLine(20).safeParse(text).success).toBe(false)
  expect(multiLine(20).safeParse(text).success).toBe(false)
  expect(singleLine(20).safeParse(`${text}x${text}`).success).toBe(true)
})

test.each([' Ada ', 'e\u0301', 'مرحبا\u200f', '👩\u200d🚀', 'soft\u00adhyphen', '東京', '.'])(
  '%j is kept as it was sent',
  (text) => {
    expect(singleLine(20).parse(text)).toBe(text)
    expect(multiLine(20).parse(text)).toBe(text)
  },
)

test('line breaks belong to text of several lines only', () => {
  expect(multiLine(20).parse('a\r\n\tb')).toBe('a\r\n\tb')
  expect(singleLine(20).safeParse('a\nb').success).toBe(false)
})

test.each(['a\u0000', 'a\ud800', 'a\u001b[31m'])('%j is rejected in any text', (text) => {
  expect(singleLine(20).safeParse(text).success).toBe(false)
  expect(multiLine(20).safeParse(text).success).toBe(false)
})

test('a whole number has decimal digits and bounds', () => {
  const accepts = (text: unknown) => wholeNumber({ min: 2, max: 10 }).safeParse(text).success
  expect(['2', '10', '05'].filter(accepts)).toEqual(['2', '10', '05'])
  expect(['1', '11', '', ' 5', '0x5', '5e0', '+5', '5.0', undefined, null, true].filter(accepts)).toEqual([])
  const message = (text: string) => wholeNumber({ min: 2, max: 10 }).safeParse(text).error?.issues[0]?.message
  expect(['1', '11', 'x'].map(message)).toEqual([
    'Too small: expected number to be >=2',
    'Too big: expected number to be <=10',
    'A whole number in decimal digits.',
  ])
})

import { LinePrinter } from './line-printer.ts'
import type { LocalLine } from './line.ts'

const printed: string[] = []
beforeEach(() => {
  printed.length = 0
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text))
})
afterEach(() => jest.restoreAllMocks())

const warning = (text: string): LocalLine => ({ kind: 'warning', time: 0, text })

test('/text shows only the lines with that text, in any case, and / all', () => {
  const printer = new LinePrinter({ json: false })
  const [book, desk] = [warning('A Book is late'), warning('The desk is closed')]
  printer.command('/ book ')
  printer.print(book)
  printer.print(desk)
  printer.command('not a command')
  printer.command('/')
  printer.print(desk)
  expect(printed).toEqual([
    'Only lines with book are shown.',
    expect.stringContaining('A Book is late'),
    'All lines are shown.',
    expect.stringContaining('The desk is closed'),
  ])
})

test('an advice is printed below its line, and a hidden line is not printed', () => {
  const text = (line: LocalLine) => (line.kind === 'warning' ? line.text : '')
  const printer = new LinePrinter({
    json: false,
    isHidden: (line) => text(line) === 'hidden',
    adviceOn: (line) => (text(line) === 'late' ? 'npx remind' : undefined),
  })
  for (const each of ['hidden', 'late', 'closed']) printer.print(warning(each))
  expect(printed).toEqual([expect.stringMatching(/late\n +npx remind$/), expect.stringMatching(/closed$/)])
})

test('the filter applies to readable and to JSON lines', () => {
  for (const json of [false, true]) new LinePrinter({ json, filter: { level: 'error' } }).print(warning('late'))
  expect(printed).toEqual([])
})

import { PassThrough } from 'node:stream'
import { askOn, confirm, type Terminal } from './confirm.ts'
import { UsageError } from './deployment.ts'

function terminal(answer: string, interactive = true) {
  const said: string[] = []
  const asked: string[] = []
  const fake: Terminal = {
    interactive,
    print: () => {},
    say: (line) => said.push(line),
    ask: async (question) => {
      asked.push(question)
      return answer
    },
  }
  return { said, asked, terminal: fake }
}

const { signal } = new AbortController()
const ask = (world: ReturnType<typeof terminal>, yes = false) =>
  confirm('shop in AWS account 1', ['Move 3 messages.', 'They are tried anew.'], {
    yes,
    terminal: world.terminal,
    signal,
  })

test.each(['y', 'Y', 'yes', ' y '])('“%s” is leave, given knowing the place and the plan', async (answer) => {
  const world = terminal(answer)
  expect(await ask(world)).toBe(true)
  expect(world.said).toEqual(['shop in AWS account 1', 'Move 3 messages.', 'They are tried anew.'])
  expect(world.asked).toEqual(['Proceed? [y/N] '])
})

test.each(['', 'n', 'no', 'yeah', 'yes please'])('“%s” is none', async (answer) => {
  const world = terminal(answer)
  expect(await ask(world)).toBe(false)
  expect(world.said.at(-1)).toBe('Nothing was done.')
})

test('--yes asks nobody, and the plan is told all the same', async () => {
  const world = terminal('n', false)
  expect(await ask(world, true)).toBe(true)
  expect(world.said).toHaveLength(3)
  expect(world.asked).toEqual([])
})

test('where nobody can be asked, it is one line and nothing else', async () => {
  const world = terminal('y', false)
  const refusal = await ask(world).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(UsageError)
  expect((refusal as Error).message).toBe(
    'Nothing was done. Add --yes to go ahead: Move 3 messages. (shop in AWS account 1)',
  )
  expect([world.said, world.asked]).toEqual([[], []])
})

describe('at the question', () => {
  const question = (typed: string | undefined, interruption = signal) => {
    const input = new PassThrough()
    const answered = askOn(
      { input, output: new PassThrough(), terminal: typed === '\u0004' },
      'Proceed? ',
      interruption,
    )
    if (typed === undefined) input.end()
    else input.write(typed)
    return answered
  }

  test.each([
    ['a line', 'y\n', 'y'],
    ['Ctrl-D', '\u0004', ''],
    ['the end of the input', undefined, ''],
  ])('%s is an answer', async (_name, typed, answer) => {
    expect(await question(typed)).toBe(answer)
  })

  test('an interruption is one too', async () => {
    expect(await question('', AbortSignal.abort())).toBe('')
  })
})

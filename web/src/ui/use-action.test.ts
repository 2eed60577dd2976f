import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { useAction } from './use-action.ts'

/** Runs an action as a component does; without a browser it is rendered once. */
function runOf(mutationFn: () => Promise<unknown>): () => void {
  let run = () => {}
  function Component() {
    run = useAction({ mutationFn }).run
    return null
  }
  renderToString(createElement(QueryClientProvider, { client: new QueryClient() }, createElement(Component)))
  return run
}

const turn = () => new Promise((resolve) => setTimeout(resolve))

test('an action runs once at a time, and again when it has ended', async () => {
  const ends: (() => void)[] = []
  const run = runOf(() => new Promise<void>((resolve) => ends.push(resolve)))
  run()
  await turn()
  run()
  await turn()
  expect(ends).toHaveLength(1)
  ends[0]!()
  await turn()
  run()
  await turn()
  expect(ends).toHaveLength(2)
})

test.each([
  ['rejects', () => Promise.reject(new Error('Rejected'))],
  [
    'throws at once',
    () => {
      throw new Error('Thrown')
    },
  ],
])('an action that %s can run again', async (_, fail) => {
  let attempts = 0
  const run = runOf(() => {
    attempts += 1
    return fail()
  })
  for (let count = 0; count < 2; count += 1) {
    run()
    await turn()
  }
  expect(attempts).toBe(2)
})

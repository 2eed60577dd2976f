import { during, type OrdersBeside } from './orders-during-deployment.ts'

function orders() {
  const world = { stops: 0 }
  const beside: OrdersBeside = {
    async stop() {
      world.stops++
      return { well: false, summary: '3 of 4 calls failed.' }
    },
  }
  return { world, beside }
}

test('orders end with the deployment, and tell how it went', async () => {
  const { world, beside } = orders()
  expect(await during(beside, async () => world.stops)).toEqual({
    result: 0,
    meanwhile: { well: false, summary: '3 of 4 calls failed.' },
  })
  expect(world.stops).toBe(1)
})

test('orders end, too, when the deployment cannot even begin', async () => {
  const { world, beside } = orders()
  const failing = async () => {
    throw new Error('no cdk')
  }
  await expect(during(beside, failing)).rejects.toThrow('no cdk')
  expect(world.stops).toBe(1)
})

test('a deployment without orders beside it has nothing to tell', async () => {
  expect(await during(undefined, async () => 7)).toEqual({ result: 7, meanwhile: undefined })
})

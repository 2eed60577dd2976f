import assert from 'node:assert/strict'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'a client calls the public routes of the API',
    async run({ shop }) {
      assert.equal((await shop.api('GET', '/health')).status, 200)
      assert.equal((await shop.api('GET', '/openapi.json')).status, 200)
      assert.equal((await shop.api('GET', '/asyncapi.json')).status, 200)
      assert.equal((await shop.api('GET', '/no/such/path')).status, 404)
    },
  },
]

import assert from 'node:assert/strict'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'a customer signs up and reads the profile',
    async run({ shop }) {
      const { email, token } = await shop.newCustomer()
      const { status, body } = await shop.api('GET', '/me', { token })
      assert.equal(status, 200)
      assert.equal(body.email, email)
    },
  },
]

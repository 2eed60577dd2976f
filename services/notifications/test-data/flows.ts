import { mailsTo } from '#scripts/lib/api-client.ts'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'a new customer gets a welcome email',
    async run({ shop, awaited }) {
      const { email } = await shop.newCustomer()
      await awaited(`the welcome email to ${email}`, async () => (await mailsTo(shop.deployment, email)).length > 0)
    },
  },
  {
    name: 'a customer gets an email about a reserved order',
    needs: ['inventory'],
    async run({ shop, awaited, decided }) {
      const sku = await shop.skuOf(5)
      await shop.setStock(sku, 10)
      const { email, token } = await shop.newCustomer()
      const { body } = await shop.placeOrder(token, [{ sku, quantity: 1 }])
      const order = await decided(token, body.orderId)
      await awaited(`the email about ${order.orderId}`, async () =>
        (await mailsTo(shop.deployment, email)).some((mail) => mail.body.text?.includes(order.orderId)),
      )
    },
  },
]

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
  AdminGetUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { signIn } from '#scripts/lib/sign-in.ts'
import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { createEvent } from '#shared/events/envelope.ts'
import { address } from '#test/support/shop.ts'
import { deletionOf } from '../domain/profile.ts'
import type { Flow, Visit } from '#test/least-privilege/flow.ts'

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
  ...(['GET', 'PATCH'] as const).map((method) => ({
    name: `a customer without a profile gets one by ${method} /me, and then their changed address`,
    async run({ shop }: Visit) {
      const { deployment, api } = shop
      const { clientConfiguration, userPoolId: UserPoolId } = deployment
      const email = `buyer.${randomUUID()}@example.com`
      const token = await signIn(deployment, { email, isCreatedByAdministrator: true })
      const me = () =>
        api(method, '/me', { token, ...(method === 'PATCH' ? { body: { phone: '+353214960000' } } : {}) })
      assert.equal((await me()).body.email, email)
      const cognito = new CognitoIdentityProviderClient(clientConfiguration)
      const UserAttributes = [
        { Name: 'email', Value: `changed.${email}` },
        { Name: 'email_verified', Value: 'true' },
      ]
      await cognito.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username: email, UserAttributes }))
      cognito.destroy()
      assert.equal((await me()).body.email, `changed.${email}`)
    },
  })),
  {
    name: 'a customer without a profile gets one with their first avatar',
    needs: ['thumbnails'],
    async run({ shop: { deployment, api }, redeliver }) {
      const email = `buyer.${randomUUID()}@example.com`
      const token = await signIn(deployment, { email, isCreatedByAdministrator: true })
      const { sub: ownerId } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
      const thumbnail = { key: 'private/avatars/first', width: 150, height: 150, contentType: 'image/jpeg' as const }
      const data = { purpose: 'avatar' as const, ownerId, uploadId: 'upl_first', thumbnails: [thumbnail] }
      const cause = { correlationId: randomUUID(), causationId: randomUUID() }
      const fact = { aggregateId: data.uploadId, aggregateVersion: 2, time: new Date(), cause, data }
      const { source, type, metadata } = createEvent(ThumbnailsReady, fact)
      await redeliver('users-change-avatar', { source, 'detail-type': type, detail: { metadata, data } })
      const { body } = await api('GET', '/me', { token })
      assert.deepEqual([body.email, body.avatar?.uploadId], [email, data.uploadId])
    },
  },
  {
    name: 'a customer changes every field of the profile',
    async run({ shop }) {
      const { token } = await shop.newCustomer()
      const body = { name: 'Mira', phone: '+353214960000', addresses: [address], notifications: { sms: true } }
      assert.equal((await shop.api('PATCH', '/me', { token, body })).status, 200)
    },
  },
  {
    name: 'a customer exports what the shop keeps about them',
    async run({ shop }) {
      const { token } = await shop.newCustomer()
      assert.equal((await shop.placeOrder(token, [{ sku: await shop.skuOf(0), quantity: 1 }])).status, 201)
      const { status, body } = await shop.api('GET', '/me/export', { token })
      assert.deepEqual([status, body.profile?.orderCount, body.orders.length], [200, 1, 1])
    },
  },
  {
    name: 'a customer deletes the account, and then has none in the user pool',
    async run({ shop, awaited }) {
      const { deployment, api, newCustomer } = shop
      const { clientConfiguration, userPoolId: UserPoolId } = deployment
      const { email, token } = await newCustomer()
      assert.equal((await api('DELETE', '/me', { token })).status, 202)
      assert.equal((await api('GET', '/me', { token })).body.code, 'account-deleted')
      const cognito = new CognitoIdentityProviderClient(clientConfiguration)
      const account = new AdminGetUserCommand({ UserPoolId, Username: email })
      await awaited('the account to be deleted', () =>
        cognito.send(account).then(
          () => false as const,
          (error) => (error as Error).name === 'UserNotFoundException',
        ),
      )
      cognito.destroy()
    },
  },
  {
    name: 'an account that a restored table still has is deleted again',
    async run({ shop: { api, newCustomer }, redeliver }) {
      const { token } = await newCustomer()
      const { userId } = (await api('GET', '/me', { token })).body
      const cause = { correlationId: randomUUID(), causationId: randomUUID() }
      const { source, type, metadata, data } = deletionOf({ userId, orderCount: 0 }, new Date(), cause).event
      await redeliver('users-delete-account', { source, 'detail-type': type, detail: { metadata, data } })
      assert.equal((await api('GET', '/me', { token })).body.code, 'account-deleted')
    },
  },
  {
    name: 'staff who are removed from the group lose access before their token expires',
    async run({ shop }) {
      const { deployment, api } = shop
      const { clientConfiguration, userPoolId: UserPoolId } = deployment
      const email = `staff.${randomUUID()}@example.com`
      const token = await signIn(deployment, { email, group: 'staff' })
      const cognito = new CognitoIdentityProviderClient(clientConfiguration)
      await cognito.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username: email, GroupName: 'staff' }))
      cognito.destroy()
      assert.equal((await api('GET', '/admin/orders', { token })).status, 403)
      const other = await signIn(deployment, { email: `staff.${randomUUID()}@example.com`, group: 'staff' })
      assert.equal((await api('GET', '/admin/orders', { token: other })).status, 200)
    },
  },
]

import { scryptSync } from 'node:crypto'
import { hashPassword, verifyPassword } from './password.ts'

test('a password matches its hash, another one and a missing hash do not', async () => {
  const hash = await hashPassword('Sesame1!')
  expect(await verifyPassword('Sesame1!', hash)).toBe(true)
  expect(await verifyPassword('Sesame2!', hash)).toBe(false)
  expect(await verifyPassword('Sesame1!')).toBe(false)
})

test('a password stored before hashes named their cost still matches', async () => {
  const salt = Buffer.from('the salt of Anna')
  const hash = `${salt.toString('base64url')}.${scryptSync('Sesame1!', salt, 32).toString('base64url')}`
  expect(await verifyPassword('Sesame1!', hash)).toBe(true)
  expect(await verifyPassword('Sesame2!', hash)).toBe(false)
})

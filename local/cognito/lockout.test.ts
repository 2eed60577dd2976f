import { Password, startWithAnna, type Cognito } from './testing.ts'

let cognito: Cognito
beforeEach(async () => (cognito = await startWithAnna()))
afterEach(() => cognito.stop())

const wrong = { message: 'Incorrect username or password.' }
const lockedOut = { name: 'NotAuthorizedException', message: 'Password attempts exceeded' }

async function fail(times: number, more = {}): Promise<void> {
  for (let each = 0; each < times; each++)
    await expect(cognito.signIn({ PASSWORD: 'Wrong-horse-7', ...more })).rejects.toMatchObject(wrong)
}

// "For a cumulative number of failed sign-in attempts n, not including Password attempts exceeded exceptions, Amazon Cognito
// locks out your user for 2^(n-5) seconds" (Amazon Cognito Developer Guide, "Lockout behavior for failed sign-in attempts").
test('after five wrong passwords, the right one is rejected for a second, and for twice as long after each further one', async () => {
  await fail(5)
  await expect(cognito.signIn()).rejects.toMatchObject(lockedOut)
  await cognito.clock.advance(1000)
  await fail(1)
  await cognito.clock.advance(1999)
  await expect(cognito.signIn()).rejects.toMatchObject(lockedOut)
  await cognito.clock.advance(1)
  await cognito.signIn()
})

// "To reset the lockout to its n=0 initial state, your user must either sign in successfully after a lockout period expires, or
// not initiate any sign-in attempts for 15 consecutive minutes at any time after a lockout."
test.each([
  ['a successful sign-in', () => cognito.signIn(), 1000],
  ['15 minutes without an attempt', async () => {}, 15 * 60_000],
])('%s resets the count', async (_, reset, waitMs) => {
  await fail(5)
  await cognito.clock.advance(waitMs)
  await reset()
  await fail(4)
  await cognito.signIn()
})

test('an attempt during a lockout is one in the 15 minutes', async () => {
  await fail(5)
  await cognito.clock.advance(999)
  await expect(cognito.signIn()).rejects.toMatchObject(lockedOut)
  await cognito.clock.advance(15 * 60_000 - 1)
  await fail(1)
  await expect(cognito.signIn()).rejects.toMatchObject(lockedOut)
})

test('no lockout is longer than 15 minutes', async () => {
  await fail(5)
  for (let lockoutMs = 1000; lockoutMs < 15 * 60_000; lockoutMs *= 2) {
    await cognito.clock.advance(lockoutMs)
    await fail(1)
  }
  await cognito.clock.advance(60_000)
  await expect(cognito.signIn()).rejects.toMatchObject(lockedOut)
  await cognito.clock.advance(14 * 60_000)
  await cognito.signIn({ PASSWORD: Password })
})

test('the lockout does not reveal which addresses have an account, and is that of one account', async () => {
  const other = { USERNAME: 'ben@library.example' }
  await fail(5, other)
  await expect(cognito.signIn(other)).rejects.toMatchObject(lockedOut)
  await cognito.signIn()
})

test('the names of one account have one lockout', async () => {
  await fail(5)
  const { Username: USERNAME } = await cognito.sdk.adminGetUser(cognito.user)
  await expect(cognito.signIn({ USERNAME })).rejects.toMatchObject(lockedOut)
})

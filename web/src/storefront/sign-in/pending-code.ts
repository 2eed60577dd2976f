import { tabStorage } from '../../browser-storage.ts'

/** A form that waits for the code of an email. */
export interface PendingCode {
  readonly email: string
  /** Missing after a reload: a password is never stored. */
  readonly password?: string | undefined
}

type Purpose = 'sign-up' | 'forgot-password'

const keyOf = (purpose: Purpose) => `cartwheel.code.${purpose}`
const passwords = new Map<Purpose, string>()

/** Keeps the address for this tab, so that a reload returns to the code. It is not in the page's address, which is shared and logged. */
export function expectCode(purpose: Purpose, { email, password }: PendingCode): void {
  tabStorage.setItem(keyOf(purpose), email)
  if (password !== undefined) passwords.set(purpose, password)
}

export function pendingCode(purpose: Purpose): PendingCode | undefined {
  const email = tabStorage.getItem(keyOf(purpose))
  return email === null ? undefined : { email, password: passwords.get(purpose) }
}

export function forgetCode(purpose: Purpose): void {
  tabStorage.removeItem(keyOf(purpose))
  passwords.delete(purpose)
}

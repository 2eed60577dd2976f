interface PasswordRule {
  readonly text: string
  readonly isMet: (password: string) => boolean
}

/** The user pool's password policy (infra/identity-stack.ts). The pool decides; a form shows it while the user types. */
export const passwordRules: readonly PasswordRule[] = [
  { text: 'At least 12 characters', isMet: (password) => password.length >= 12 },
  { text: 'A capital letter', isMet: (password) => /[A-Z]/.test(password) },
  { text: 'A small letter', isMet: (password) => /[a-z]/.test(password) },
  { text: 'A digit', isMet: (password) => /\d/.test(password) },
]

export const isAcceptable = (password: string): boolean => passwordRules.every(({ isMet }) => isMet(password))

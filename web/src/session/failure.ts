/** Failures that say nothing about the user: the same call may succeed later. */
const temporary = new Set([
  'offline',
  'TooManyRequestsException',
  'LimitExceededException',
  'InternalErrorException',
  'ServiceUnavailable',
  'UnknownError',
])

/** What the user pool returned instead of success, by the name of its exception, such as `CodeMismatchException`. */
export class UserPoolFailure extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'UserPoolFailure'
    this.code = code
  }

  get isTemporary(): boolean {
    return temporary.has(this.code)
  }
}

type SignInField = 'email' | 'password' | 'code'

export interface SignInProblem {
  readonly text: string
  /** Where to show it; undefined for a problem of no single field. */
  readonly field?: SignInField
}

const tooMany: SignInProblem = { text: 'Too many attempts. Wait some minutes, then try again.' }
const wrongPassword: SignInProblem = { text: 'The email address or the password is wrong.', field: 'password' }
const unknown: SignInProblem = { text: 'Something went wrong. Try again.' }

const problems: Readonly<Record<string, SignInProblem>> = {
  offline: { text: 'The sign-in service cannot be reached. Check your connection, then try again.' },
  NoSession: { text: 'Your session has ended. Sign in again to continue.' },
  NotAuthorizedException: wrongPassword,
  UserNotFoundException: wrongPassword,
  UserNotConfirmedException: { text: 'This address is not confirmed yet: enter the code from the email.' },
  UsernameExistsException: {
    text: 'There is an account with this address already. Sign in, or reset its password.',
    field: 'email',
  },
  CodeMismatchException: { text: 'This code is wrong. Check the newest email.', field: 'code' },
  ExpiredCodeException: { text: 'This code is wrong or has expired. Request a new one.', field: 'code' },
  InvalidPasswordException: {
    text: 'Use at least 12 characters with capital letters, small letters and digits, without a space at either end.',
    field: 'password',
  },
  LimitExceededException: tooMany,
  TooManyRequestsException: tooMany,
  TooManyFailedAttemptsException: tooMany,
  CodeDeliveryFailureException: {
    text: 'The email could not be sent. Check the address, then try again.',
    field: 'email',
  },
  PasswordResetRequiredException: { text: 'This password must be changed first. Use “Forgot password?” below.' },
}

/** Exceptions that Cognito uses for several things, which only its message tells apart. */
const byMessage: readonly { code: string; message: RegExp; problem: SignInProblem }[] = [
  { code: 'NotAuthorizedException', message: /attempts exceeded/i, problem: tooMany },
  {
    code: 'NotAuthorizedException',
    message: /disabled/i,
    problem: { text: 'This account is blocked. Write to us if you think that this is a mistake.' },
  },
  {
    code: 'NotAuthorizedException',
    message: /session/i,
    problem: { text: 'This took too long. Enter your password again.' },
  },
  {
    code: 'NotAuthorizedException',
    message: /cannot be reset/i,
    problem: { text: 'This password cannot be reset now. Sign in with the password that we sent you.' },
  },
  {
    code: 'InvalidParameterException',
    message: /'password'/i,
    problem: problems['InvalidPasswordException']!,
  },
  {
    code: 'InvalidParameterException',
    message: /e-?mail|username/i,
    problem: { text: 'This email address is incomplete.', field: 'email' },
  },
]

/** What to show for a failed call of the pool, and where. */
export function signInProblem(error: unknown): SignInProblem {
  if (!(error instanceof UserPoolFailure)) return unknown
  const special = byMessage.find(({ code, message }) => code === error.code && message.test(error.message))
  return special?.problem ?? (Object.hasOwn(problems, error.code) ? problems[error.code]! : unknown)
}

/** The same in a form that shows it in one place. */
export const explainSignIn = (error: unknown): string => signInProblem(error).text

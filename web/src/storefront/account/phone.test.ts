import { phoneOf } from './phone.ts'

test.each(['+353214960000', '+353 21 496 0000', '00353 (21) 496-00.00', ' +353/21/4960000 '])(
  '%s is a number',
  (text) => {
    expect(phoneOf(text)).toBe('+353214960000')
  },
)

test.each(['', '021 496 0000', '+0 123 456 789', '+353', '+353 21 496 0000 0000 0000', 'call me', '+353x214960000'])(
  '%j has no country code, or is no number',
  (text) => {
    expect(phoneOf(text)).toBeUndefined()
  },
)

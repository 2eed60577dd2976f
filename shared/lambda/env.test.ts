import * as z from 'zod'
import { readEnv } from './env.ts'

const variable = 'CARTWHEEL_TEST_VARIABLE'
const schema = z.object({ [variable]: z.string().min(1) })

afterEach(() => {
  delete process.env[variable]
})

test('what is set is read', () => {
  process.env[variable] = 'table-1'
  expect(readEnv(schema)[variable]).toBe('table-1')
})

test('what is missing stops the function by name', () => {
  expect(() => readEnv(schema)).toThrow(variable)
})

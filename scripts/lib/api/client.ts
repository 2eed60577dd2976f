import createClient from 'openapi-fetch'
import type { Deployment } from '../deployment.ts'
import { CommandError } from '../errors.ts'
import type { paths } from '#services/api/schema.d.ts'

/** A client of the API whose calls and answers have the types of the OpenAPI document, as any other client could have. */
export const apiClient = ({ apiUrl }: Pick<Deployment, 'apiUrl'>, token?: string) =>
  createClient<paths>({
    baseUrl: apiUrl,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  })

/** @returns the body of a successful answer. @throws CommandError naming any other answer */
export async function dataOf<Data>(
  answering: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await answering
  if (response.ok) return data as Data
  const { pathname } = new URL(response.url)
  throw new CommandError(`${pathname} responded with ${response.status}: ${JSON.stringify(error)}`)
}

import createClient from 'openapi-fetch'
import type { Deployment } from '../deployment.ts'
import { CommandError } from '../errors.ts'
import type { paths } from '#services/api/schema.d.ts'

/** A client of the API whose calls and responses have the types of the OpenAPI document, as any other client could have. */
export const apiClient = ({ apiUrl }: Pick<Deployment, 'apiUrl'>, token?: string) =>
  createClient<paths>({
    baseUrl: apiUrl,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  })

/** @returns the body of a successful response. @throws CommandError naming any other response */
export async function dataOf<Data>(
  result: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await result
  if (response.ok) return data as Data
  const { pathname } = new URL(response.url)
  throw new CommandError(`${pathname} responded with ${response.status}: ${JSON.stringify(error)}`)
}

/**
 * Missing: The DNS names of AWS: of the API, of CloudFront and of the user pool’s keys.
 *
 * Instead: Every Node process of the test, including the functions, sends requests to those names to MiniStack, which
 * distinguishes them by the Host header as AWS does. For SDKs AWS_ENDPOINT_URL does the same.
 */
import { request as openRequest } from 'node:http'
import { Readable } from 'node:stream'

const target = process.env.AWS_ENDPOINT_URL
const namesOfAws = /^[\w.-]+\.(amazonaws\.com|cloudfront\.net|execute-api\.localhost)$/
const statusesWithoutBody = [101, 204, 205, 304]

const fetchByName = globalThis.fetch

globalThis.fetch = async (input, init) => {
  const { hostname, host, pathname, search } = new URL(input instanceof Request ? input.url : input)
  if (!target || !namesOfAws.test(hostname)) return fetchByName(input, init)
  return fetchFromTarget(new Request(input, init), host, pathname + search)
}

/** With the module http, since fetch cannot override the Host header. */
async function fetchFromTarget(request, host, path) {
  const body = Buffer.from(await request.arrayBuffer())
  const { hostname, port } = new URL(target)
  const headers = { ...Object.fromEntries(request.headers), host, 'content-length': body.length }
  const response = await new Promise((resolve, reject) => {
    openRequest({ hostname, port, path, method: request.method, headers, signal: request.signal }, resolve)
      .once('error', reject)
      .end(body)
  })
  const hasBody = !statusesWithoutBody.includes(response.statusCode)
  if (!hasBody) response.resume()
  return new Response(hasBody ? Readable.toWeb(response) : null, {
    status: response.statusCode,
    headers: Object.entries(response.headersDistinct).flatMap(([name, values]) => values.map((value) => [name, value])),
  })
}

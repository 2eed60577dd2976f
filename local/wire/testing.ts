import { connect } from 'node:net'
import type { CreatedResource, ResourceProvider } from '../assembly/provider.ts'
import { ManualClock } from '../clock.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { WireServer, type Authenticate } from './server.ts'

const administrator = { accessKeyId: 'local', secretAccessKey: 'local' }

/** The AWS endpoint of a service under test, with state, a clock that the test advances, and clients of the AWS SDK. */
export class TestEndpoint {
  readonly state: State
  readonly clock: ManualClock
  readonly server: WireServer
  readonly #clients: { destroy(): void }[] = []

  /**
   * @param options.stateFile where the state is stored, if the caller has not opened it @default in memory
   * @param options.access what IAM decides about calls @default everything is allowed
   * @param options.authenticate who calls @default the administrator
   */
  constructor(
    options: {
      state?: State
      stateFile?: string
      access?: AccessControl
      authenticate?: Authenticate
      clock?: ManualClock
    } = {},
  ) {
    const { access = allowAll, authenticate = () => ({ kind: 'administrator' }) } = options
    this.state = options.state ?? new State(options.stateFile ?? ':memory:')
    this.clock = options.clock ?? new ManualClock()
    this.server = new WireServer({ access, authenticate })
  }

  readonly url = (): string => this.server.endpoint

  listen(): Promise<string> {
    return this.server.listen(0)
  }

  /** A client that does not retry, and ends with the endpoint. */
  client<T extends { destroy(): void }>(
    Client: new (configuration: ClientConfiguration) => T,
    credentials: ClientConfiguration['credentials'] = administrator,
  ): T {
    const client = new Client({ endpoint: this.url(), region: 'us-east-1', credentials, maxAttempts: 1 })
    this.#clients.push(client)
    return client
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.destroy()
    await this.server.close()
    this.state.close()
  }
}

interface ClientConfiguration {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  readonly maxAttempts: number
}

/** Creates a resource as a template with one stack does. */
export function declare(
  providers: readonly ResourceProvider[],
  type: string,
  logicalId: string,
  properties: object,
  stackName = 'library',
): CreatedResource | Promise<CreatedResource> {
  const provider = providers.find((candidate) => candidate.type === type)!
  const declaration = { stackName, logicalId, type, generatedName: `${stackName}-${logicalId}` }
  return provider.create({ ...declaration, properties: properties as Record<string, unknown> })
}

/** Sends bytes that no HTTP client would send. @returns everything that the server responds until it closes the connection */
export function sendRaw(endpoint: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(endpoint).port), '127.0.0.1', () => socket.write(text))
    let response = ''
    socket.on('data', (chunk) => (response += chunk))
    socket.on('close', () => resolve(response))
    socket.on('error', reject)
  })
}

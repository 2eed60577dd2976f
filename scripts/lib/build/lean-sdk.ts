import { readFileSync } from 'node:fs'
import { matchesGlob } from 'node:path'
import type { Plugin } from 'esbuild'

/** A module of the AWS SDK, by its path below node_modules, and what a function gets instead. */
interface LeanModule {
  /** `*` stands for a part of a name. */
  readonly module: string
  readonly contents: (code: string) => string
}

const submodules = '@smithy/core/dist-es/submodules'

const instead = (module: string, contents: string): LeanModule => ({ module, contents: () => contents })

/** For code that no function reaches. Were one to reach it, its error names this file. */
const unreachable = (name: string) =>
  `export class ${name} { constructor() { throw new Error('${name} is not part of this bundle: scripts/lib/build/lean-sdk.ts') } }`

/** The errors of operations on items. Another one, of a table's or a backup's operation, would be a DynamoDBServiceException. */
const itemErrors =
  /ConditionalCheck|IdempotentParameter|InternalServer|ItemCollection|ProvisionedThroughput|ReplicatedWrite|RequestLimit|ResourceNotFound|Throttling|Transaction/

/**
 * The AWS SDK without what every cold start evaluates or compiles and no Lambda function uses (docs/adr/0048-lean-sdk.md):
 * scripts/lib/build/lean-sdk.test.ts checks that each of these modules is still part of the SDK.
 */
export const leanModules: readonly LeanModule[] = [
  // A function has no ~/.aws: its settings and credentials are variables.
  instead(
    `${submodules}/config/shared-ini-file-loader/loadSharedConfigFiles.js`,
    `export { CONFIG_PREFIX_SEPARATOR } from './constants'
     export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })`,
  ),
  // Lambda sets AWS_REGION, and has no metadata service.
  instead(
    `${submodules}/config/config-resolver/regionConfig/getInstanceMetadataRegion.js`,
    `export const getInstanceMetadataRegion = async () => undefined`,
  ),
  // Every Node has SHA-256.
  instead(`${submodules}/checksum/sha256/Sha256Js.js`, unreachable('Sha256Js')),
  // Only for AWS_RETRY_MODE=adaptive.
  instead(`${submodules}/retry/util-retry/AdaptiveRetryStrategy.js`, unreachable('AdaptiveRetryStrategy')),
  // The original loads Web Crypto at init.
  instead(
    `${submodules}/serde/uuid/v4.js`,
    `export const bindV4 = () => () => process.getBuiltinModule('node:crypto').randomUUID()`,
  ),
  // Node loads its file streams when the class is read.
  {
    module: `${submodules}/serde/util-body-length/calculateBodyLength.js`,
    contents: (code) =>
      code
        .replace('import { ReadStream, ', 'import { ')
        .replace('instanceof ReadStream', "instanceof process.getBuiltinModule('node:fs').ReadStream"),
  },
  // No operation of DynamoDB's client discovers endpoints any more.
  instead(
    '@aws-sdk/middleware-endpoint-discovery/dist-es/resolveEndpointDiscoveryConfig.js',
    'export const resolveEndpointDiscoveryConfig = (config) => config',
  ),
  {
    module: '@aws-sdk/client-dynamodb/dist-es/DynamoDBClient.js',
    contents: (code) => code.replace(', { endpointDiscoveryCommandCtor: DescribeEndpointsCommand }', ''),
  },
  // Copies the configuration into another form and back, for extensions to change it.
  instead(
    '@aws-sdk/client-*/dist-es/runtimeExtensions.js',
    `export function resolveRuntimeExtensions(config, extensions) {
       if (extensions.length > 0) throw new Error('Extensions are not part of this bundle: scripts/lib/build/lean-sdk.ts')
       return config
     }`,
  ),
  // Signs event streams, which no function sends.
  instead('@smithy/signature-v4/dist-es/HeaderFormatter.js', 'export class HeaderFormatter {}'),
  // Checks whether the client is of an older version; the lock file has one.
  {
    module: '@aws-sdk/lib-dynamodb/dist-es/DynamoDBDocumentClient.js',
    contents: (code) =>
      code.replace(
        /const middlewares = client\.middlewareStack\.identify[^;]*;\s*const hasSerializer = [^;]*;/,
        'const hasSerializer = true;',
      ),
  },
  // Making them has no effect, so that those which nothing uses are left out, with what they need.
  {
    module: '@aws-sdk/client-*/dist-es/commands/*Command.js',
    contents: (code) => code.replace('extends command(', 'extends /* @__PURE__ */ command('),
  },
  ...['Query', 'Scan'].map((name) => ({
    module: `@aws-sdk/lib-dynamodb/dist-es/pagination/${name}Paginator.js`,
    contents: (code: string) => code.replace('= createPaginator', '= /* @__PURE__ */ createPaginator'),
  })),
  {
    module: '@aws-sdk/client-dynamodb/dist-es/schemas/schemas_0.js',
    contents: (code) =>
      code.replaceAll(/^n0_registry\.registerError\((\w+)\$, \w+\);$/gm, (statement, name: string) =>
        itemErrors.test(name) ? statement : '',
      ),
  },
]

export const leanSdk: Plugin = {
  name: 'lean-sdk',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/@(aws-sdk|smithy)\/.*\.js$/ }, ({ path }) => {
      const lean = leanModules.find(({ module }) => matchesGlob(path, `**/node_modules/${module}`))
      return lean && { contents: lean.contents(readFileSync(path, 'utf8')) }
    })
    // The version is in the header `user-agent`; the rest would be an object with every script and dependency.
    onLoad({ filter: /\/node_modules\/@aws-sdk\/[^/]+\/package\.json$/ }, ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(readFileSync(path, 'utf8')).version }),
      loader: 'json',
    }))
  },
}

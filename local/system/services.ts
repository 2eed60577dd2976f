import { assetKey, type AssetPaths } from '../assembly/manifest.ts'
import type { ResourceProvider } from '../assembly/provider.ts'
import { bucketDeploymentProvider } from '../bucket-deployment/resources.ts'
import { noChaos, type Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import { CloudFrontService } from '../cloudfront/service.ts'
import { CloudWatchService } from '../cloudwatch/service.ts'
import { CognitoService } from '../cognito/service.ts'
import type { EngineOptions } from '../dynamodb/engine.ts'
import { DynamoDbService } from '../dynamodb/service.ts'
import type { BusEvent } from '../events/event.ts'
import { EventsService } from '../events/service.ts'
import { HttpApiService } from '../http-api/service.ts'
import { Iam, type Denial, type IamOptions } from '../iam/iam.ts'
import type { DevelopedFunctions } from '../lambda/resources.ts'
import { LambdaService } from '../lambda/service.ts'
import { LogStore } from '../logs/log-store.ts'
import { mailbox } from '../pages/mailbox.ts'
import { S3Service } from '../s3/service.ts'
import { SchedulerService } from '../scheduler/service.ts'
import { SecretsManagerService } from '../secretsmanager/service.ts'
import { SesService } from '../ses/service.ts'
import { SnsService } from '../sns/service.ts'
import { SqsService } from '../sqs/service.ts'
import type { State } from '../state/state.ts'
import { WireServer } from '../wire/server.ts'
import { createAuthenticate } from '../wire/sigv4.ts'
import type { LocalLine } from './line.ts'

/** Every emulated service, connected to the others as on AWS. */
export type Services = ReturnType<typeof createServices>

export function createServices(options: {
  state: State
  clock: Clock
  assets: AssetPaths
  onLine: (line: LocalLine) => void
  /** Called with every event that a bus accepted. */
  onEvent?: (busName: string, event: BusEvent) => void
  onDecision?: IamOptions['onDecision']
  onCapacity?: EngineOptions['onCapacity']
  developed?: DevelopedFunctions | undefined
  /** @default no faults */
  chaos?: Chaos
}) {
  const { state, clock, assets, onLine, onDecision, chaos = noChaos } = options
  const endpoint = () => wire.endpoint
  const warn = (text: string) => onLine({ kind: 'warning', time: clock.now(), text })

  const report = (denial: Denial) => onLine({ kind: 'denied', time: clock.now(), ...denial })
  const iam = new Iam({ state, clock, report, warn, ...(onDecision ? { onDecision } : {}) })
  const common = { state, clock, access: iam }
  const cloudwatch = new CloudWatchService({
    state,
    clock,
    publish: (event) => events.publish(event),
    report: ({ alarm, before, now }) =>
      onLine({
        kind: 'alarm',
        time: now.sinceMs,
        name: alarm.name,
        ...(alarm.description !== undefined && { description: alarm.description }),
        before: before.state,
        state: now.state,
        reason: now.reason,
      }),
    measure: (atMs) => sqs.measure(atMs),
  })
  const { metrics } = cloudwatch
  const logs = new LogStore({ ...common, metrics })
  const sqs = new SqsService({ ...common, endpoint, metrics, chaos })
  const dynamodb = new DynamoDbService({ ...common, onCapacity: options.onCapacity, chaos })
  const events = new EventsService({
    ...common,
    send: (queueArn, message) => sqs.send(queueArn, message),
    invoke: (functionArn, payload, sourceArn, traceHeader) =>
      lambda.invokeAsync(
        functionArn,
        payload,
        { kind: 'service', service: 'events.amazonaws.com', sourceArn },
        traceHeader,
      ),
    report: warn,
    ...(options.onEvent && { onAccepted: options.onEvent }),
    metrics,
    chaos,
  })
  const s3 = new S3Service({
    ...common,
    endpoint,
    keys: iam.keys,
    publish: (event) => events.publish(event),
  })
  const lambda = new LambdaService({
    ...common,
    iam,
    environment: () => ({ AWS_ENDPOINT_URL: endpoint() }),
    developed: options.developed,
    assetDirectory: ({ S3Bucket, S3Key }) => assets.get(assetKey(S3Bucket, S3Key)),
    logs,
    sqs,
    streams: dynamodb.streams,
    putObject: (bucket, key, body, contentType) => s3.putObject(bucket, key, body, { 'content-type': contentType }),
    metrics,
    chaos,
    report: (line) => onLine({ kind: 'invocation', ...line }),
    warn,
  })
  const scheduler = new SchedulerService({
    ...common,
    canAssume: (roleArn, groupArn) => iam.canAssume(roleArn, 'scheduler.amazonaws.com', groupArn),
    invoke: (functionArn, payload, caller) => lambda.invokeAsync(functionArn, payload, caller),
    send: (queueArn, message) => sqs.send(queueArn, message),
    report: warn,
  })
  const cloudfront = new CloudFrontService({
    clock,
    originUrl: (domainName) => httpApi.urlOf(domainName),
    warn,
    fetchFromS3: (request, principal) => wire.handleAs(principal, 's3', request),
  })
  const cognito = new CognitoService({
    state,
    clock,
    endpoint,
    sendMail: (mail) => ses.deliver(mail),
    invoke: (functionArn, payload, caller) => lambda.invoke(functionArn, payload, caller),
  })
  const sns = new SnsService({ state, clock })
  const ses = new SesService({
    state,
    clock,
    publish: ({ detailType, resources, detail }) =>
      events.publish({ busName: 'default', source: 'aws.ses', detailType, resources, detail }),
  })
  const secretsManager = new SecretsManagerService({ state, clock })
  const httpApi = new HttpApiService({
    clock,
    isUnlimited: (functionArn) => lambda.isInspected(functionArn),
    invoke: (functionArn, payload, caller, traceHeader) => lambda.invoke(functionArn, payload, caller, traceHeader),
    metrics,
    report: (line) => onLine({ kind: 'request', ...line }),
    appendLog: (groupArn, stream, messages) => logs.append(groupOf(groupArn), stream, messages),
  })

  const wire = new WireServer({
    access: iam,
    authenticate: createAuthenticate(iam.keys, clock),
    onUnknown: (what) => onLine({ kind: 'not-emulated', time: clock.now(), what }),
  })
  for (const service of [
    dynamodb.wire,
    dynamodb.streamsWire,
    sqs.wire,
    events.wire,
    logs.wire,
    cognito.wire,
    cloudwatch.wire,
    secretsManager.wire,
  ]) {
    wire.addJsonService(service)
  }
  for (const service of [lambda.wire, s3.wire, ses.wire]) wire.addRestService(service)
  wire.addQueryService(sns.wire)
  wire.addPages(mailbox({ mails: ses.mails, texts: sns, clock }))
  wire.addPages(cognito.wellKnown)

  const services = {
    iam,
    cloudwatch,
    logs,
    sqs,
    dynamodb,
    events,
    scheduler,
    s3,
    cloudfront,
    lambda,
    cognito,
    ses,
    sns,
    secretsManager,
    httpApi,
  }
  const providers: ResourceProvider[] = [
    ...Object.values(services).flatMap((service) => service.providers),
    bucketDeploymentProvider(s3, assets),
  ]
  return { ...services, wire, providers }
}

/** `arn:aws:logs:<region>:<account>:log-group:<name>[:*]` → `<name>` */
const groupOf = (groupArn: string) => /:log-group:([^:]+)/.exec(groupArn)?.[1] ?? groupArn

import { join } from 'node:path'
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { Queue } from 'aws-cdk-lib/aws-sqs'

/** An app as a CDK project writes it: an API stores notes through a queue in a table. */
const stack = new Stack(new App(), 'notes')
const table = new Table(stack, 'Notes', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  removalPolicy: RemovalPolicy.DESTROY,
})
const queue = new Queue(stack, 'Incoming')

const functionOf = (name: string) =>
  new NodejsFunction(stack, name, {
    entry: join(import.meta.dirname, 'functions.ts'),
    handler: name,
    runtime: Runtime.NODEJS_24_X,
    environment: { TABLE: table.tableName, QUEUE: queue.queueUrl },
    // Without externals, the function finds the SDK in its bundle instead of in the runtime or in a project.
    bundling: { externalModules: [] },
  })

const api = new HttpApi(stack, 'Api')
const route = (method: HttpMethod, path: string, handler: NodejsFunction) =>
  api.addRoutes({ path, methods: [method], integration: new HttpLambdaIntegration(handler.node.id, handler) })

const submit = functionOf('submit')
queue.grantSendMessages(submit)
route(HttpMethod.POST, '/notes', submit)

const store = functionOf('store')
store.addEventSource(new SqsEventSource(queue))
table.grantWriteData(store)

const read = functionOf('read')
table.grantReadData(read)
route(HttpMethod.GET, '/notes/{id}', read)

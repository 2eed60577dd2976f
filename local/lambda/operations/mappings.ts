import { arn } from '../../assembly/provider.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { jsonResponse, type Route, type WireContext } from './route.ts'

const mappingArn = (uuid: string) => arn('lambda', `event-source-mapping:${uuid}`)

/** Get, List and UpdateEventSourceMapping; an update can only disable and enable a mapping (`Enabled`). */
export function mappingRoutes({ functions, mappings }: WireContext): Route[] {
  return [
    {
      method: 'GET',
      path: /^\/2015-03-31\/event-source-mappings\/?$/,
      handle({ request, authorize }) {
        authorize([{ action: 'lambda:ListEventSourceMappings', resource: '*' }])
        const functionName = request.query.get('FunctionName')
        const source = request.query.get('EventSourceArn')
        const functionArn = functionName === null ? undefined : functions.resolve(functionName).arn
        const matching = (mappings.list() as { FunctionArn: string; EventSourceArn: string }[])
          .filter((mapping) => functionArn === undefined || mapping.FunctionArn === functionArn)
          .filter((mapping) => source === null || mapping.EventSourceArn === source)
        return jsonResponse(200, { EventSourceMappings: matching })
      },
    },
    {
      method: 'GET',
      path: /^\/2015-03-31\/event-source-mappings\/([^/]+)$/,
      handle({ authorize, parameters: [uuid] }) {
        authorize([{ action: 'lambda:GetEventSourceMapping', resource: mappingArn(uuid!) }])
        return jsonResponse(200, mappings.get(uuid!))
      },
    },
    {
      method: 'PUT',
      path: /^\/2015-03-31\/event-source-mappings\/([^/]+)$/,
      handle({ request, authorize, parameters: [uuid] }) {
        authorize([{ action: 'lambda:UpdateEventSourceMapping', resource: mappingArn(uuid!) }])
        return jsonResponse(202, mappings.setEnabled(uuid!, readEnabled(request.body)))
      },
    },
  ]
}

function readEnabled(body: Buffer): boolean {
  const { Enabled: enabled, ...others } = parse(body)
  const unsupported = Object.keys(others).filter((name) => name !== 'UUID')
  if (unsupported.length > 0) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Only Enabled can be updated here, not ${unsupported.join(', ')}.`,
    )
  }
  if (typeof enabled !== 'boolean')
    throw new AwsError('InvalidParameterValueException', 'Enabled must be true or false.')
  return enabled
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const input = JSON.parse(body.toString('utf8'))
    if (typeof input === 'object' && input !== null) return input
  } catch {
    // Rejected below, like JSON that is not an object.
  }
  throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json')
}

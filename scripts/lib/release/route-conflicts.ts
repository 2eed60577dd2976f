import { propertiesOf, type Template } from '../templates.ts'

/**
 * The changes of routes that API Gateway rejects, when a part of the stacks is already deployed:
 *
 * - The removal of a route for which a stage has a setting: the stage comes last, and each later update of it ends with "Unable
 *   to find Route by key … within the provided RouteSettings" (docs/adr/0016-api-stage-in-the-last-stack.md).
 * - A route under another logical id or in another stack: CloudFormation creates the new one first, and "Route with key …
 *   already exists for this API" (reported in anomalyco/sst, issue 513).
 *
 * @param deployed the deployed templates by the names of their stacks
 * @param wanted the synthesized templates
 * @returns a sentence for each conflict with its fix
 */
export function routeConflicts(
  deployed: ReadonlyMap<string, Template>,
  wanted: ReadonlyMap<string, Template>,
): string[] {
  const settings = new Set([...deployed.values()].flatMap(settingsOf))
  const places = new Map(routesIn(wanted).map(({ key, place }) => [key, place]))
  return routesIn(deployed).flatMap(({ key, place }) => {
    const next = places.get(key)
    if (next === place || (next === undefined && !settings.has(key))) return []
    return next === undefined
      ? [
          `${place}: the route ${key} is removed, while a stage of the API has a setting for it. Deploy it with \`retired: true\` first: CONTRIBUTING.md has the steps.`,
        ]
      : [`${place}: the route ${key} becomes ${next}, and an API has each route once. Keep its stack and operationId.`]
  })
}

const settingsOf = (template: Template): string[] =>
  [...propertiesOf(template, 'AWS::ApiGatewayV2::Stage').values()].flatMap(({ RouteSettings = {} }) =>
    Object.keys(RouteSettings),
  )

const routesIn = (templates: ReadonlyMap<string, Template>): { readonly key: string; readonly place: string }[] =>
  [...templates].flatMap(([stack, template]) =>
    [...propertiesOf(template, 'AWS::ApiGatewayV2::Route')].map(([id, { RouteKey }]) => ({
      key: RouteKey,
      place: `${stack}/${id}`,
    })),
  )

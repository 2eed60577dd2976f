/** Resolves the resources of synthesized templates and creates them with given providers. */
export { deploy } from '../assembly/deploy.ts'
export { inDependencyOrder } from '../assembly/template.ts'
export { arn, type CreatedResource, type ResourceDeclaration, type ResourceProvider } from '../assembly/provider.ts'
export type { Stack } from '../assembly/template.ts'

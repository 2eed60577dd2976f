const missing = new Set((process.env['CARTWHEEL_WITHOUT'] ?? '').split(','))

/** Whether the deployment has the services; scripts/commands/test-e2e.ts finds out. */
export const isInstalled = (...services: readonly string[]): boolean =>
  services.every((service) => !missing.has(service))

/** For a test of optional services: skipped, and reported by name, in a deployment without one of them. */
export const testWith = (...services: readonly string[]): typeof test => (isInstalled(...services) ? test : test.skip)

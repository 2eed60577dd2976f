/** Why the local system cannot start. */
export type StartFailure =
  /** The folder does not contain a cloud assembly. */
  | 'no-assembly'
  /** A template declares a resource that cannot be created. */
  | 'template'
  /** Another local system uses the data directory. */
  | 'data-in-use'
  /** The data directory cannot be created or written. */
  | 'data-unusable'
  /** The data directory contains files, and none that marks it as one. Nothing in it was changed. */
  | 'data-foreign'
  /** The data directory has data of another version. */
  | 'data-version'
  /** The state file is damaged. */
  | 'data-broken'
  /** The {@link StartError.ports} cannot be opened. */
  | 'ports'

/** The HTTP API's port, the first distribution's, and that of the AWS endpoint. */
export type PortName = 'api' | 'web' | 'aws'

/** A failure to start that the user can fix; its message is one line. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly reason: StartFailure
  /** Empty unless the reason is `ports`. */
  readonly ports: readonly PortName[]

  constructor(reason: StartFailure, message: string, options: ErrorOptions & { ports?: readonly PortName[] } = {}) {
    super(message.replaceAll(/\s*\n\s*/g, ' '), options)
    this.reason = reason
    this.ports = options.ports ?? []
  }
}

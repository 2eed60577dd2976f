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
  /** The port of the HTTP API, that of the AWS endpoint, or both cannot be opened. */
  | 'api-port'
  | 'aws-port'
  | 'both-ports'
  /** The DynamoDB endpoint that stores the items does not respond. */
  | 'no-dynamodb'

/** A failure to start that the user can fix; its message is one line. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly reason: StartFailure

  constructor(reason: StartFailure, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, ' '), options)
    this.reason = reason
  }
}

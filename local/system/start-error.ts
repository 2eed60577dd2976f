/** Why the local system does not start. */
export type StartFailure =
  /** The folder of the assembly holds none. */
  | 'no-assembly'
  /** A template asks for what cannot be made. */
  | 'template'
  /** Another local system uses the data directory. */
  | 'data-in-use'
  /** The data directory cannot be made or written. */
  | 'data-unusable'
  /** The state file is damaged. */
  | 'data-broken'
  | 'port-in-use'
  /** The DynamoDB that shall keep the items does not answer. */
  | 'no-dynamodb'

/** A failure to start that the person at the terminal can mend; its message is one line. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly reason: StartFailure

  constructor(reason: StartFailure, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, ' '), options)
    this.reason = reason
  }
}

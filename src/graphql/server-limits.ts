/** Limits of the settings that clients may ask for. */
export interface ServerLimits {
  readonly userRequestsPerMinute: number;
  readonly organizationRequestsPerHour: number;
  readonly expensiveCallsPerMinute: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly textCharacters: number;
  readonly entryBytes: number;
  readonly operationDepth: number;
  readonly operationCost: number;
  readonly connectionsPerUser: number;
  readonly subscriptionsPerUser: number;
}

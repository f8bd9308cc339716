/** The activity of `maintenance`, on the orchestration worker. */
export interface MaintenanceActivities {
  /** Sweeps again and again, for as long as one attempt may last. */
  keepHouse(): Promise<void>;
}
